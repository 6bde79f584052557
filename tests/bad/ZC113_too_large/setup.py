"""A file above 1 MiB."""

from pathlib import Path

Path("config/partners").mkdir()
Path("config/partners/leiyang.yaml").write_text("# filler\n" * 120_000, encoding="utf-8")
