"""A plugin that announces nothing."""

from core import api


@api.hook
def offer():
    return api.Offers(checks={"plausible": lambda batch, facts: [None] * len(batch)})
