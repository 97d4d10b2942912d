"""On whose behalf this thread acts: what lists, reads, makes and changes things asks here, so that no page can forget to.

At a shell and in a worker that is whoever sits at this computer. The app says how to find the visitor; a thread of its
server that serves none, and was not begun with `bound`, is nobody's.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from . import mode
from .person import OWNER, Person

P = ParamSpec("P")
T = TypeVar("T")

_bound: ContextVar[Person | None] = ContextVar("acting", default=None)


def _find() -> Person:
    return OWNER


def person() -> Person:
    """Who gave the command or looks at the page."""
    if mode.current() == "personal":
        return OWNER
    return _bound.get() or _find()


def find_with(finder: Callable[[], Person]) -> None:
    """Let a function say who it is, from now on and in the whole process."""
    global _find
    _find = finder


@contextlib.contextmanager
def acting_as(person: Person) -> Iterator[None]:
    """Act on that person's behalf meanwhile, in this thread."""
    token = _bound.set(person)
    try:
        yield
    finally:
        _bound.reset(token)


def bound(work: Callable[P, T]) -> Callable[P, T]:
    """The function, for another thread to call on behalf of who acts here."""
    who = person()

    def call(*arguments: P.args, **options: P.kwargs) -> T:
        with acting_as(who):
            return work(*arguments, **options)

    return call
