"""A plugin whose field type changes what it stores."""

from decimal import Decimal

from core import api


class Volume(api.FieldType):
    """Whole litres."""

    column = "integer"
    units = {"l": Decimal(1), "m3": Decimal(1000)}
    shown = "l"

    def reader(self, field, reading):
        """Take whole litres."""
        return int


@api.hook
def offer():
    return api.Offers(field_types={"volume": Volume()})
