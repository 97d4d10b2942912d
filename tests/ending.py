"""A writer that is killed, or whose disk is full, at any of its steps: at each file it opens, renames or deletes."""

import contextlib
import resource
import sys
import threading
from collections.abc import Callable, Iterator

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link")


class Killed(BaseException):
    """The writer is no more: nothing that it does from here on happens."""


class _Watch:
    """Counts the steps of one thread, and at the last one allowed raises."""

    thread, left, error, lasts = 0, 0, None, False

    def __call__(self, event: str, arguments: tuple) -> None:
        if self.error is None or event not in STEPS or threading.get_ident() != self.thread:
            return
        self.left -= 1
        if self.left == 0 or (self.left < 0 and self.lasts):
            raise self.error


_watch: list[_Watch] = []


@contextlib.contextmanager
def _failing(step: int, error: BaseException, lasts: bool) -> Iterator[_Watch]:
    if not _watch:  # a hook cannot be taken away again
        _watch.append(_Watch())
        sys.addaudithook(_watch[0])
    watch = _watch[0]
    watch.thread, watch.left, watch.lasts, watch.error = threading.get_ident(), step, lasts, error
    try:
        yield watch
    finally:
        watch.error = None


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do some work and be killed at its step of that number, from 1; False if it had ended before."""
    with _failing(step, Killed(), lasts=True):
        try:
            work()
        except Killed:
            return True
    return False


@contextlib.contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond that many bytes meanwhile, as on a disk with no more space."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
