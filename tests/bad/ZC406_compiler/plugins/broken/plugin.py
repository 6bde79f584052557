"""A plugin whose compiler raises."""

from core import api


def compile_things(declarations, links):
    raise KeyError("colour")


@api.hook
def offer():
    return api.Offers(compilers={"thing": compile_things})
