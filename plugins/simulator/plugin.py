"""模拟器: stations that post made-up trucks to a running platform over real HTTP."""

from core import api

from .simulate import simulate


@api.hook
def offer() -> api.Offers:
    """The implementation of what plugin.yaml announces."""
    return api.Offers(commands={"simulate": simulate})
