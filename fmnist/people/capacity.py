"""How much of the app's server its visitors may take, by mode."""

import msgspec

from . import mode
from .mode import Mode

MEGABYTE = 10**6


class Capacity(msgspec.Struct, frozen=True):
    """What is refused above. None is no limit."""

    uploads: int  # bytes of files that one open page may have on the server
    all_uploads: int  # bytes, of all pages
    pages: int | None = None  # open at once, of one person
    pages_from: int | None = None  # from one address of the internet: a school may have one alone
    all_pages: int | None = None
    pages_of_guests: int | None = None  # of those, which had not joined the class when they opened
    messages: int | None = None  # a second from one page; what comes faster waits


DEFAULTS: dict[Mode, Capacity] = {
    "personal": Capacity(uploads=500 * MEGABYTE, all_uploads=2_000 * MEGABYTE),
    "class": Capacity(
        uploads=200 * MEGABYTE,
        all_uploads=1_000 * MEGABYTE,
        pages=8,
        all_pages=150,
        pages_of_guests=100,  # whoever floods the server leaves room to the class
        messages=30,
    ),
    "public": Capacity(
        uploads=50 * MEGABYTE,
        all_uploads=150 * MEGABYTE,
        pages=5,
        pages_from=60,
        all_pages=100,
        messages=30,
    ),
}


def current() -> Capacity:
    """In the mode of this process.

    Raises:
        ModeError: FMNIST_MODE names no mode.
    """
    return DEFAULTS[mode.current()]
