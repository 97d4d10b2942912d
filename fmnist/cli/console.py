"""Standard output for any reader: one that has stopped, a full disk, names in another encoding."""

import contextlib
import os
import select
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO


def run(command: Callable[[], int]) -> int:
    """Run a command that prints; its exit status.

    Where nobody reads what it prints any more, as before `| head`, it ends there, without a word, and well.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = command()
        flush()
        return status
    except BrokenPipeError:
        if _has_reader():  # another pipe broke
            raise
        return 0
    finally:
        with contextlib.suppress(OSError):
            flush()  # after --help, too


def flush() -> None:
    """Write out what was printed.

    Raises:
        OSError: it cannot be written; what is left of it is dropped.
    """
    try:
        if sys.stdout is not None:  # it is None where the shell has closed it
            sys.stdout.flush()
    except OSError:
        _drop()
        raise


@contextlib.contextmanager
def unread_is_fine() -> Iterator[None]:
    """Meanwhile what is printed is dropped where it cannot be written: a training goes on."""
    with contextlib.redirect_stdout(_Forgiving(sys.stdout)):
        yield


class _Forgiving:
    """A text stream that never raises an OSError."""

    def __init__(self, stream: TextIO | None):
        self._stream = stream

    def write(self, text: str) -> int:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _has_reader() -> bool:
    """Whether standard output leads anywhere still."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), select.POLLOUT)
        return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (AttributeError, OSError, ValueError):
        return False


def _drop() -> None:
    """Send what is left of standard output nowhere, so that the interpreter's end is quiet."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
