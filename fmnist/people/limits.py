"""How much of this computer one person may ask for."""

import msgspec

from . import classroom, mode
from .mode import Mode
from .person import Person

FILE = "limits.json"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one person may have at once. None is no limit."""

    waiting: int | None = None  # runs that wait for their turn
    epochs: int | None = None  # of a run
    seconds: float | None = (
        None  # that a run may train, by the estimate before it starts and by the clock
    )
    images: int | None = None  # of all their data sets
    disk: int | None = None  # bytes of all that they made


DEFAULTS: dict[Mode, Limits] = {
    "personal": Limits(),
    "class": Limits(waiting=3, epochs=50, seconds=600.0, images=20_000, disk=500_000_000),
    "public": Limits(waiting=0, epochs=0, seconds=0.0, images=0, disk=0),
}


def of(person: Person) -> Limits:
    """What a person may have: a teacher all, others what the mode or their teacher allows."""
    if person.teacher:
        return Limits()
    return of_everybody()


def of_everybody() -> Limits:
    """What each person but a teacher may have."""
    now = mode.current()
    kept = classroom.read(FILE, Limits) if now == "class" else None
    return kept or DEFAULTS[now]


def change(limits: Limits) -> None:
    """Set what each student of the class may have, as the teacher.

    Raises:
        ClassError: somebody else asks, or it cannot be written.
    """
    classroom.insist_on_teacher()
    with classroom.locked():
        classroom.write(FILE, limits)
