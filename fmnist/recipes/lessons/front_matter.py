"""What stands at the top of a lesson file, between two lines of three hyphens: its title, its length, and more."""

import dataclasses
import re
import reprlib
from typing import Any

import yaml

from .lesson import HIDEABLE, LessonError

BLOCK = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
EXAMPLE = "expected a first line `---`, then `title: …` and `minutes: …`, then `---`"
LONGEST = 100  # characters of a title
MOST_MINUTES = 600
LAST = 1_000  # the place of a lesson that names none


@dataclasses.dataclass(frozen=True)
class FrontMatter:
    """The fields, as the file has them."""

    title: str
    minutes: int
    hide: frozenset[str] = frozenset()
    order: int = LAST


NAMES = [field.name for field in dataclasses.fields(FrontMatter)]


def split(text: str) -> tuple[FrontMatter, str, int]:
    """The front matter, what follows it, and the number of the line that it begins with.

    Raises:
        LessonError: the front matter is missing or wrong; the message begins with the line.
    """
    block = BLOCK.match(text)
    if not block:
        raise LessonError(f"line 1: no front matter; {EXAMPLE}.")
    fields = _fields(block[1])
    for name, value in fields.items():
        if expected := _wrong(name, value):
            line = _line_of(str(name), block[1])
            raise LessonError(
                f"line {line}: `{name!s:.40}` is {reprlib.repr(value)}; expected {expected}."
            )
    if missing := [name for name in ("title", "minutes") if name not in fields]:
        raise LessonError(f"line 1: the front matter has no `{missing[0]}`; {EXAMPLE}.")
    fields["hide"] = frozenset(fields.get("hide") or ())
    rest = text[block.end() :]
    return FrontMatter(**fields), rest, text[: block.end()].count("\n") + 1


def _fields(block: str) -> dict[Any, Any]:
    try:
        fields = yaml.safe_load(block)
    except Exception as error:  # a tag that does not fit its value raises nearly anything
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise LessonError(f"line {line}: the front matter is not YAML; {EXAMPLE}.") from None
    if not isinstance(fields, dict):
        raise LessonError(f"line 1: the front matter has no fields; {EXAMPLE}.")
    for name in fields:
        if name not in NAMES:
            line = _line_of(str(name), block)
            raise LessonError(
                f"line {line}: the front matter has no field `{name!s:.40}`; expected one of {', '.join(NAMES)}."
            )
    return fields


def _wrong(name: str, value: Any) -> str | None:
    """What was expected of a field's value; None if it is possible."""
    if name == "title":
        possible = isinstance(value, str) and 0 < len(value.strip()) <= LONGEST
        return None if possible else f"a text of at most {LONGEST} characters"
    if name in ("minutes", "order"):
        possible = type(value) is int and 1 <= value <= MOST_MINUTES
        return None if possible else f"a whole number from 1 to {MOST_MINUTES}"
    if value is None or (
        isinstance(value, list)
        and all(isinstance(each, str) and each in HIDEABLE for each in value)
    ):
        return None
    return f"a list of names, such as [data, layers], of {', '.join(HIDEABLE)}"


def _line_of(name: str, block: str) -> int:
    """The line of the file that a field stands in."""
    lines = block.split("\n")
    return next((n for n, line in enumerate(lines, 2) if line.strip(" '\"").startswith(name)), 1)
