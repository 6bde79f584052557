"""A home without its one necessary file."""

from pathlib import Path

Path("config/site.yaml").unlink()
