"""The disk: files that are written as a whole, and its errors in words."""

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

APART = os.urandom(4).hex()  # tells processes apart that have the same pid in two containers
CUT_SHORT = re.compile(r"\d+ requested and \d+ written")  # what NumPy says of a full disk


def explain(error: OSError) -> str:
    """An operating system's error as a sentence with its place."""
    said = str(error.strerror or error).rstrip(".")
    if CUT_SHORT.fullmatch(said):
        said = "No space left on device"
    return f"{said}{f' ({error.filename})' if error.filename else ''}."


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside to write to, which takes the place of `path` at the end, as a whole."""
    writer = f"{os.getpid()}-{threading.get_ident()}-{APART}"
    new = path.with_name(f"{path.name}.{writer}.new")
    try:
        yield new
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def is_locked(path: Path) -> bool:
    """Whether a process has the file lock at `path`: here, in another container or on another machine.

    Of other machines that holds where the folder's file system has locks for all, as NFS 4 does. On Windows
    nothing is known of locks: False.
    """
    if sys.platform == "win32":
        return False
    with contextlib.suppress(OSError), open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: who looks is in nobody's way
        except BlockingIOError:
            return True
    return False
