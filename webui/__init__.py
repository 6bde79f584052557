"""The web interface: pages over the snapshot, through core.api only."""

from webui.pages import Pages

__all__ = ["Pages"]
