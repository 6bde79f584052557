"""Packaging of zc: an application, installed in its own environment."""

import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

SHIPPED = ("config", "interfaces", "plugins", "docs")
NOT_SHIPPED = shutil.ignore_patterns("secrets.yaml", "__pycache__", ".*")


class BuildWithShipped(build_py):
    """Puts what a home is made from, and the built-in plugins, into core/shipped of a wheel. An editable install has
    none of it: there the checkout's own are read."""

    def run(self) -> None:
        """Deliver the browser files, build the packages, then copy. Delivery does nothing where it was done."""
        if self.editable_mode:
            super().run()
            return
        subprocess.run([sys.executable, "webui/delivery"], check=True)
        super().run()
        for part in SHIPPED:
            target = Path(self.build_lib) / "core" / "shipped" / part
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(part, target, ignore=NOT_SHIPPED)


setup(
    name="zc-overload-control",
    version="0.1.0",
    description="Low-code platform for truck-overload control (治超)",
    long_description=Path("README.md").read_text(encoding="utf-8") if Path("README.md").exists() else "",
    long_description_content_type="text/markdown",
    python_requires=">=3.11",
    packages=find_packages(include=["core", "core.*", "webui", "webui.*"]),
    package_data={
        "core": ["**/*.yaml", "**/*.html"],
        "webui": ["templates/*", "static/**/*", "labels/*", "help/*", "assets/**/*"],
    },
    cmdclass={"build_py": BuildWithShipped},
    install_requires=[
        "tornado==6.6.1",
        "cryptography==50.0.2",
        "argon2-cffi==25.1.0",
        "prometheus_client==0.26.0",
        "markdown-it-py==4.3.0",
        "peewee==4.5.3",
        "pluggy==1.7.0",
        "PyYAML==6.0.3",
        "Cerberus==1.3.8",
        "reportlab==5.1.0",
        "fonttools==4.68.0",
        "justmytype-intl-cjk==0.1.0",
        "schedule==1.2.2",
        "pytz==2026.6",
        "msgspec==0.22.0",
        "click==8.5.1",
        "rich==15.0.0",
        "multipart==2.0.1",
        "tzdata==2026.6",
        "pyftpdlib==2.2.0",
        "pyOpenSSL==26.4.0",
        "XlsxWriter==3.3.1",
        "asyncssh==2.24.1",
    ],
    extras_require={
        "postgres": ["psycopg[binary]==3.3.9"],
        "mysql": ["PyMySQL==1.2.4"],
        "sqlserver": ["pymssql==2.4.6"],
        "analytics": ["duckdb==2.0.0"],
        "bench": [  # what `zc bench` runs beside ours, and what tells their CPU time
            "fastapi==0.165.0",
            "uvicorn[standard]==0.54.0",
            "pydantic==2.14.3",
            "SQLAlchemy==2.1.9",
            "datasette==1.0a41",
            "psutil==7.2.2",
            "duckdb==2.0.0",
            "pgserver==0.1.4",
            "psycopg[binary]==3.3.9",
        ],
        "dev": [
            "psycopg[binary]==3.3.9",
            "PyMySQL==1.2.4",
            "pymssql==2.4.6",
            "duckdb==2.0.0",
            "mysql-mimic==3.0.5",
            "pgserver==0.1.4",
            "pytest==9.2.0",
            "pytest-randomly==5.1.0",
            "pytest-timeout==2.4.0",
            "pytest-xdist==3.8.0",
            "hypothesis==6.170.15",
            "httpx==0.28.1",
            "openapi-spec-validator==0.9.0",
            "requests==2.34.2",
            "zeep==4.3.3",
            "playwright==1.65.2",
            "psutil==7.2.2",
            "pypdfium2==5.15.2",
            "ruff==0.17.6",
            "mypy==2.4.1",
            "import-linter==2.16",
            "types-PyYAML==6.0.12.20261113",
            "build==1.6.1",
            "setuptools==84.2.1",
        ],
        "soak": [
            "atheris==3.0.0",
            "schemathesis==4.32.5",
        ],
    },
    entry_points={"console_scripts": ["zc = core.cli:main"]},
)
