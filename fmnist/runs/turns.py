"""In which order those who wait get their turns: turns go round between people, not by who clicked most.

Each person's first run comes before anybody's second. Among people, who has waited longest since a turn of
theirs, or never had one, is next. One person's runs keep their order.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fmnist.machine import folders

from . import files
from .files import RunError
from .run import Run

FILE = ".turns.json"
REMEMBERED = 1000  # people


class Waiting(NamedTuple):
    """A run that waits for a place to train."""

    run: Run
    owner: str  # the id of a person
    queued_at: float  # seconds since the epoch
    starting: bool  # it was given its turn, and its worker is about to take a place
    by_itself: bool  # a process of its own waits for its turn, at a shell


def in_order(waiting: Iterable[Waiting], turns: Mapping[str, int]) -> list[Waiting]:
    """Those who wait, the next one first.

    Args:
        waiting: in any order.
        turns: the number of each person's last turn, counted over all; who had none is not there.
    """
    rounds: Counter[str] = Counter()
    places = []
    for each in sorted(waiting, key=lambda each: (each.queued_at, each.run.name)):
        if each.starting:
            key = (0, 0, each.queued_at)
        else:
            rounds[each.owner] += 1
            key = (rounds[each.owner], turns.get(each.owner, 0), each.queued_at)
        places.append((key, each))
    return [each for _, each in sorted(places, key=lambda place: place[0])]


def read() -> dict[str, int]:
    """The number of each person's last turn; none of a file that is missing or damaged."""
    with contextlib.suppress(RunError):
        return files.read(folders.home() / FILE, dict[str, int])
    return {}


def note(owner: str) -> None:
    """A turn of that person's has begun."""
    turns = read()
    turns[owner] = 1 + max(turns.values(), default=0)
    latest = sorted(turns, key=lambda each: turns[each])[-REMEMBERED:]
    with contextlib.suppress(OSError):  # they train all the same, in the order of before
        files.write(folders.home() / FILE, {each: turns[each] for each in latest})
