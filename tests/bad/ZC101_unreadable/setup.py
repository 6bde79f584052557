"""A folder where the file should be: no account can read it as a file, root neither."""

from pathlib import Path

site = Path("config/site.yaml")
site.unlink()
site.mkdir()
