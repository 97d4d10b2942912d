"""The description of a recipe's field: its type, bounds, unit, label and help.

A field of `Recipe` is annotated with its type and one `Field`. Its check, its option on the command line, its row in
the Train page's form and its row in a summary all follow from these, so a new field is one entry in `hyperparameters.py`.
"""

import dataclasses
import functools
import sys
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, Literal

MOST = 100  # items of a field that holds many
SHOWN = 80  # characters of a wrong value that a message repeats


class RecipeError(ValueError):
    """A recipe that does not exist or cannot be trained; the message says what was expected."""


@dataclasses.dataclass(frozen=True)
class Field:
    """What a field of a recipe may hold, and how it is called where people read it."""

    label: str
    help: str = ""  # one line
    group: str | None = None  # its heading in the form and on the command line; None: no setting
    unit: str = ""
    ge: float | None = None  # bounds of a number, named as in msgspec.Meta
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    choices: tuple[str, ...] = ()  # the texts to choose from
    # Whether it names trained runs: any, or those of the recipe's own architecture.
    runs: Literal["any", "alike"] | None = None
    datasets: bool = False  # whether it names a data set
    none: str = "none"  # the word for no value
    notation: str = ""  # of texts in a notation of their own: what it looks like
    standard: Callable[[str], str] | None = (
        None  # such a text as it is kept; a ValueError says what is wrong
    )
    needs: str | None = None  # the field without which this one has no effect
    step: float | None = None  # of a number in the form; None: a tenth of the recipe's value
    live: bool = False  # whether it can be changed while a run trains
    # Read from the annotation by `describe`.
    name: str = ""
    item: type = str  # int, float, bool or str
    many: bool = False  # a tuple of items
    optional: bool = False  # None is possible

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def expected(self) -> str:
        """What the field may hold, in words."""
        many, none = self.many, f", or {self.none}" if self.optional else ""
        if self.datasets:
            return "the name of a data set"
        if self.runs:
            return "names of runs" if many else f"the name of a run{none}"
        if self.choices:
            return f"{'any' if many else 'one'} of {', '.join(self.choices)}{none}"
        if self.item is bool:
            return "true or false"
        if self.item is str:
            return self.notation or f"a text{none}"
        kind = "whole number" if self.item is int else "number"
        return f"{kind}s {self._range}" if many else f"a {kind} {self._range}{none}"

    @property
    def _range(self) -> str:
        if self.ge is not None and self.le is not None:
            return f"from {_number(self.ge)} to {_number(self.le)}"
        ends = {"of at least": self.ge, "above": self.gt, "at most": self.le, "below": self.lt}
        return " and ".join(
            f"{word} {_number(end)}" for word, end in ends.items() if end is not None
        )

    def check(self, value: Any) -> Any:
        """The value as a recipe holds it: a tuple where there can be many, a float where a number need not be whole.

        Raises:
            RecipeError: it is not possible.
        """
        if value is None and self.optional:
            return None
        items = value if self.many else [value]
        if isinstance(items, list | tuple) and len(items) <= MOST and all(map(self._fits, items)):
            found = self._standard(items)
            return found if self.many else found[0]
        raise RecipeError(f"{self.label} must be {self.expected}, not {value!r:.{SHOWN}}.")

    def _standard(self, items: Sequence[Any]) -> tuple[Any, ...]:
        try:
            return tuple(map(self.standard or self.item, items))
        except ValueError as error:
            raise RecipeError(str(error)) from None

    def _fits(self, item: Any) -> bool:
        if self.item in (bool, str):
            return type(item) is self.item and (not self.choices or item in self.choices)
        return (
            type(item) in (int, self.item)
            and abs(item) <= sys.float_info.max  # neither nan nor infinite
            and (self.ge is None or item >= self.ge)
            and (self.gt is None or item > self.gt)
            and (self.le is None or item <= self.le)
            and (self.lt is None or item < self.lt)
        )

    def parse(self, text: str) -> Any:
        """The value that a text stands for: "none" for no value, commas between several.

        Raises:
            RecipeError: it is not possible.
        """
        none = text.strip() in ("", self.none)
        if self.many:
            return self.check([] if none else [self._read(part) for part in text.split(",")])
        return self.check(None if none and self.optional else self._read(text))

    def _read(self, text: str) -> Any:
        text = text.strip()
        if self.item is bool:
            return {"true": True, "false": False}.get(text.lower(), text)
        try:
            return self.item(text)
        except ValueError:
            return text  # `check` says what is wrong with it

    def text(self, value: Any) -> str:
        """The text that `parse` reads as that value."""
        if value is None or value == ():
            return self.none
        return ",".join(map(_as_text, value if self.many else [value]))

    def in_words(self, value: Any) -> str:
        """A value for a reader, with its unit; "" where it switches something off."""
        if value is None:
            return "" if self.none == "none" else self.none
        is_amount = (
            self.item is float or self.unit
        )  # of which 0 is none, while the seed 0 is a seed
        if value is False or value == () or (is_amount and not value):
            return ""
        items = value if self.many else [value]
        return f"{', '.join(map(self._word, items))} {self.unit}".strip()

    def _word(self, item: Any) -> str:
        if item is True:
            return "on"
        if isinstance(item, int) and self.unit:
            return f"{item:,}"
        return f"{item:g}" if isinstance(item, float) else str(item)


@functools.cache
def describe(recipe: type) -> dict[str, Field]:
    """The descriptions of a recipe class' fields, in their order, by their names."""
    hints = typing.get_type_hints(recipe, include_extras=True)
    found = {}
    for name in (field.name for field in dataclasses.fields(recipe)):
        kind, field = typing.get_args(hints[name])
        kinds = typing.get_args(kind) or (kind,)  # of `tuple[int, ...]` or `str | None` the first
        found[name] = dataclasses.replace(
            field,
            name=name,
            item=kinds[0],
            many=typing.get_origin(kind) is tuple,
            optional=types.NoneType in kinds,
        )
    return found


def settings_of(recipe: type) -> dict[str, Field]:
    """The fields of a recipe class that a user may change."""
    return {name: field for name, field in describe(recipe).items() if field.group}


def live_settings_of(recipe: type) -> dict[str, Field]:
    """The fields of a recipe class that can be changed while a run trains."""
    return {name: field for name, field in settings_of(recipe).items() if field.live}


def _as_text(item: Any) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    short = f"{item:g}" if isinstance(item, float) else str(item)
    return short if isinstance(item, str) or float(short) == item else repr(item)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
