"""超限判定: the plate field type, the kind `limit`, and the verdict on each weighing."""

from core import api

from .explaining import explain
from .health import in_force
from .plate import Plate, readable
from .table import compile_limits
from .verdict import verdict


@api.hook
def offer() -> api.Offers:
    """The implementations of what plugin.yaml announces."""
    return api.Offers(
        field_types={"plate": Plate()},
        checks={"plate_readable": readable},
        derivers={"verdict": verdict},
        explainers={"verdict": explain},
        compilers={"limit": compile_limits},
        health={"limits_in_force": in_force},
    )
