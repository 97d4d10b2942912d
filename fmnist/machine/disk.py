"""The disk: files that are written as a whole, and its errors in words."""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

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
    new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        yield new
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
