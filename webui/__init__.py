"""The web interface: pages over the snapshot, through core.api only."""

from webui.front import Pages

__all__ = ["Pages"]
