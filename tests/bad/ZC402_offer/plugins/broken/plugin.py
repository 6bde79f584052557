"""A plugin whose offer raises."""

from core import api


@api.hook
def offer():
    raise RuntimeError("no offers today")
