"""A lesson: steps to read and do, with links into the app, a prediction to make and a question to answer."""

import dataclasses
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

Kind = Literal["task", "prediction", "question"]

# Controls that a lesson's `hide` may name: what cannot be touched while the lesson is open.
HIDEABLE = {
    "upload": "bringing files: photos and the camera on Try it, a data set on Data, a model on Models",
    "data": "the choice of a data set",
    "layers": "choosing a network's layers one by one",
    "further": "training a run further",
    "advanced": "all settings but epochs, learning rate, batch size and seed",
    "delete": "renaming and deleting runs and data sets",
}
# What a step's line "Done when: …" may name, and how the app says it.
EVENTS = {
    "drawing": "you have drawn something",
    "prediction": "you have looked at another image than the first",
    "training": "a run that you started has finished",
    "mistake": "you have opened a mistake",
}


class LessonError(ValueError):
    """A lesson file that cannot be used; the message names the file and, where there is one, the line."""


@dataclasses.dataclass(frozen=True)
class Link:
    """A link into the app: a button."""

    text: str  # plain
    page: str  # a key of `places.PLACES`
    query: tuple[tuple[str, str], ...]  # names and values in the page's address

    @property
    def address(self) -> str:
        """The page and what follows it in the address: `train?recipe=mlp-256`."""
        return f"{self.page}?{urlencode(self.query)}" if self.query else self.page


Part = str | Link  # Markdown, or a button below it


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of a lesson."""

    title: str  # Markdown
    kind: Kind
    parts: tuple[Part, ...]
    choices: tuple[str, ...] = ()  # of a prediction; empty: it is written freely
    outcome: str | None = None  # the choice that comes true, if the lesson says so
    solution: tuple[Part, ...] = ()  # folded away
    done_when: str | None = None  # a key of `EVENTS`


@dataclasses.dataclass(frozen=True)
class Lesson:
    """A lesson file."""

    name: str  # of the file, and in the address
    title: str  # plain
    minutes: int
    hide: frozenset[str]  # keys of `HIDEABLE`
    order: int  # its place among the lessons
    about: tuple[Part, ...]  # why one would want to know this
    steps: tuple[Step, ...]
    teachers: tuple[Part, ...]  # notes for teachers
    path: Path
