"""Whether the description of a network names what computes arrays from arrays, and nothing else."""

import functools
import tomllib
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "resources" / "keras_parts.toml"
OF_FUNCTIONS = ("keras", "builtins")  # packages


@functools.cache
def names(*kinds: str) -> frozenset[str]:
    """The names of these kinds in the list."""
    listed = tomllib.loads(FILE.read_text())
    return frozenset(name for kind in kinds for name in listed[kind].split())


def is_allowed(part: dict[str, Any]) -> bool:
    """Whether Keras may make what a part of a description names.

    Args:
        part: with a `class_name`, a string.
    """
    name, registered = part["class_name"], part.get("registered_name")
    if name in names("values"):
        return True
    if name == "function":
        return part.get("config") in names("functions") and _package(part) in OF_FUNCTIONS
    known = name in names("networks", "layers", "operations", "settings")
    return known and registered in (None, name) and _package(part) == "keras"


def is_foreign(part: dict[str, Any]) -> bool:
    """Whether it is code of somebody's own, rather than something of Keras."""
    registered = isinstance(part.get("registered_name"), str)
    own = registered and _package(part, usual="") not in OF_FUNCTIONS
    return own or part["class_name"] in ("Lambda", "__lambda__")


def _package(part: dict[str, Any], usual: str = "keras") -> str:
    """The first name of the module; files of Keras 2 give none."""
    return str(part.get("module") or usual).split(".")[0]
