"""A person: no account, but a random secret that the browser keeps, or who an identity provider says it is."""

import hashlib
import re
import secrets
from typing import NamedTuple

ID = 16  # hexadecimal digits of an id


class Person(NamedTuple):
    """Who looks at the app or gives a command."""

    id: str  # known to others; "" is whoever sits at this computer
    teacher: bool = False  # may see and change all


OWNER = Person("", teacher=True)  # whoever sits at this computer: all of it is theirs


def new_secret() -> str:
    """What a new visitor's browser is given to keep: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether `new_secret` can have made it: what somebody chose could be guessed."""
    return re.fullmatch("[A-Za-z0-9_-]{43}", text, re.ASCII) is not None


def id_of(secret: str) -> str:
    """The id of who has that secret, which the id does not tell: `ID` hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()[:ID]
