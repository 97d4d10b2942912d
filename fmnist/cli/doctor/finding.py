"""What a check finds, in a sentence."""

from typing import Literal, NamedTuple

Level = Literal["good", "note", "wrong"]


class Finding(NamedTuple):
    """One thing that was looked at."""

    about: str  # a word or two
    level: Level  # note: it works, but less well, or only a part of it is there
    text: str  # a sentence; of what is wrong, with what to do
