"""A writer that is killed, or whose disk is full, at any of its steps: at each file it opens, renames or deletes."""

import contextlib
import errno
import os
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link")


class Killed(BaseException):
    """The writer is no more: nothing that it does from here on happens."""


class _Watch:
    """Looks at each step, and may raise; a hook cannot be taken away again, so there is one."""

    look: Callable[[str, tuple], None] | None = None

    def __call__(self, event: str, arguments: tuple) -> None:
        if self.look and event in STEPS:
            self.look(event, arguments)


_watch: list[_Watch] = []


@contextlib.contextmanager
def _looking(look: Callable[[str, tuple], None]) -> Iterator[None]:
    if not _watch:
        _watch.append(_Watch())
        sys.addaudithook(_watch[0])
    _watch[0].look = look
    try:
        yield
    finally:
        _watch[0].look = None


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do some work and be killed at its step of that number, from 1; False if it had ended before."""
    thread, left = threading.get_ident(), step

    def look(event: str, arguments: tuple) -> None:
        nonlocal left
        if threading.get_ident() == thread:
            left -= 1
            if left <= 0:
                raise Killed

    with _looking(look):
        try:
            work()
        except Killed:
            return True
    return False


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing below a folder can be written, renamed or deleted by this process meanwhile."""

    def look(event: str, arguments: tuple) -> None:
        writes = event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and str(arguments[0]).startswith(str(folder)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))

    with _looking(look):
        yield


@contextlib.contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond that many bytes meanwhile, as on a disk with no more space."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
