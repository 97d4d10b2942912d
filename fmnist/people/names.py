"""What the persons of a class are called: by a name that each may choose, else by their id."""

import unicodedata

from . import classroom
from .classroom import ClassError

FILE = "names.json"
LONGEST = 24  # characters
GUEST = "Guest"


def of(id: str) -> str:
    """What others call a person."""
    if not id:
        return "This computer"
    return chosen(id) or f"{GUEST} {id[:4]}"


def chosen(id: str) -> str:
    """The name that a person has chosen; "" if none."""
    return _all().get(id, "")


def choose(id: str, name: str) -> None:
    """Call a person by another name; by their id if it is empty.

    Raises:
        ClassError: the name is no name, taken, or cannot be kept.
    """
    name = check(id, name)
    with classroom.locked():
        check(id, name)
        rest = {each: kept for each, kept in _all().items() if each != id}
        classroom.write(FILE, rest | {id: name} if name else rest)


def check(id: str, name: str) -> str:
    """The name without what nobody sees of it.

    Raises:
        ClassError: the name is no name, or another person's.
    """
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not name:
        return ""
    if not (name.isprintable() and len(name) <= LONGEST and any(map(str.isalnum, name))):
        raise ClassError(
            f"{name[:40]!r} is not a name; expected at most {LONGEST} characters, with letters or digits."
        )
    wanted = name.casefold()
    taken = {kept.casefold() for each, kept in _all().items() if each != id}
    if wanted in taken | {"teacher", of("").casefold()} or wanted.startswith(GUEST.casefold()):
        raise ClassError(f"Somebody is called {name} already; choose another name.")
    return name


def forget_all_but(ids: set[str]) -> None:
    """Keep the names of these persons alone.

    Raises:
        ClassError: it cannot be written.
    """
    with classroom.locked():
        classroom.write(FILE, {id: name for id, name in _all().items() if id in ids})


def _all() -> dict[str, str]:
    return classroom.read(FILE, dict[str, str]) or {}
