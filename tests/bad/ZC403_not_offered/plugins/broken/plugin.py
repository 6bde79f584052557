"""A plugin that offers nothing."""

from core import api


@api.hook
def offer():
    return api.Offers()
