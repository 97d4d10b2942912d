"""How the app is used: by whoever sits at this computer, by a class, or by anybody on the internet.

| mode | people | trains, keeps |
|---|---|---|
| personal | one, to whom everything belongs | yes |
| class | each has what they made; a teacher sees and changes all | yes, within limits |
| public | each sees what ships | no |
"""

import os
from typing import Literal, get_args

Mode = Literal["personal", "class", "public"]
MODES: tuple[Mode, ...] = get_args(Mode)
Action = Literal[
    "train", "keep", "export"
]  # keep: marks, labelled images, data sets, imported models


class ModeError(Exception):
    """A mode that does not exist, or what it does not allow; the message says it."""


def current() -> Mode:
    """The mode that FMNIST_MODE names, or else "personal".

    Raises:
        ModeError: there is no such mode.
    """
    named = os.environ.get("FMNIST_MODE") or "personal"
    for mode in MODES:
        if mode == named:
            return mode
    raise ModeError(f"FMNIST_MODE is {named[:40]!r}; expected one of {', '.join(MODES)}.")


def refusal(action: Action) -> str | None:
    """Why nobody can do that here, in a sentence; None where people can.

    Raises:
        ModeError: see `current`.
    """
    if current() != "public":
        return None
    return f"This demo {action}s nothing. Install the app on your own computer to do this."


def insist(action: Action, error: type[Exception]) -> None:
    """Raise that error, with the sentence of `refusal`, where nobody can do that here."""
    if sentence := refusal(action):
        raise error(sentence)
