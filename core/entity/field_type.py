"""What a field type is: how a value is read, kept and shown. The types themselves are in core/entity/types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from core.entity.entity import Field


class ValueRefused(ValueError):
    """A value that a field does not take. `outcome` is an id of core/intake/outcomes.yaml, row level."""

    def __init__(self, outcome: str, **values: object) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.values = values


@dataclass(frozen=True, slots=True)
class Reading:
    """How a partner writes a value: unit, time pattern, value map. The empty one reads our own way of writing."""

    unit: str | None = None
    pattern: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))


class FieldType:
    """Base of all field types; stateless. A plugin subclasses it and offers an instance.

    `column` is the SQL type: text, integer, real or boolean. `noun` names a value in a refusal ("数字").
    `ordered` says whether above, below, from, to and between mean anything. `units` maps each unit a partner may
    write to its factor: stored = written × factor; `shown` is the unit that values are shown in, empty for none.
    `timed` types take a pattern. `listed` types hold a list of values. Of a text type with `partial` the store keeps an
    index of its distinct values, which finds parts of them. `alike` maps a character to the one it is taken for
    ("B": "8"); the operator `alike` finds what is the same but for these.
    """

    column: ClassVar[str] = "text"
    noun: ClassVar[str] = "文字"
    ordered: ClassVar[bool] = False
    timed: ClassVar[bool] = False
    listed: ClassVar[bool] = False
    units: ClassVar[Mapping[str, Decimal]] = {}
    shown: ClassVar[str] = ""
    partial: ClassVar[bool] = False
    alike: ClassVar[Mapping[str, str]] = {}

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], Any]:
        """A function from a partner's value (never null) to the stored value; it raises ValueRefused."""
        raise NotImplementedError

    def integers(self, field: Field, reading: Reading) -> tuple[int, int, int] | None:
        """(low, high, factor): an int from low to high is stored as it is times factor; of a listed type, each of its
        items. None: ask the reader.

        A short cut for compiled plans; it must say what the reader says.
        """
        return None

    def texts(self, field: Field, reading: Reading) -> tuple[int, int] | None:
        """(least, most) characters: a printable text of such length, without surrounding blanks, is stored as it is.

        A short cut like `integers`.
        """
        return None

    def exact(self, field: Field, reading: Reading) -> Callable[[Any], Any] | None:
        """A function from a text, as it came and no null word, to the stored value; of a type with items from a list of
        whole numbers within `integers`. It raises anything where the value is not plainly right: the reader decides.

        A short cut like `integers`.
        """
        return None

    def show(self, value: Any, field: Field, zone: ZoneInfo) -> Any:
        """The stored value (never null) as JSON value for people and APIs."""
        return value

    def check_options(self, field: Field) -> str | None:
        """What is wrong with the field's options taken together, in words; None when nothing."""
        return None
