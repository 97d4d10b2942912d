"""What was worked out from a run's model and is kept, so that nothing is computed twice.

Files are in `.derived/<run>/` beside the user's own runs, for models that ship too: those may be
read-only. A file's name holds the digests of the model and of the data set that it is about, so that a
run that was trained on is not taken for its former self. All of it can be deleted at any time.

For a large network the worker does the same work at the end of a training and puts it into the run's
directory, `precomputed.npz`; those of the models that ship come with them.
"""

import contextlib
import functools
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import filelock
import numpy as np

from fmnist.machine import folders
from fmnist.machine.disk import explain, replacing

from . import files
from .files import RunError
from .run import Run

FILE = "precomputed.npz"
VERSION = 1  # goes up when something is worked out in another way

Arrays = dict[str, np.ndarray]


def kept(run: Run, name: str, compute: Callable[[], Arrays]) -> Arrays:
    """What is kept under that name, or what `compute` gives, which is kept then.

    Two processes that ask at once compute it once. Where nothing can be written, it is computed
    and not kept.
    """
    path = place(run, name)
    if (found := read(path)) is not None:
        return found
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(filelock.FileLock(path.with_suffix(".lock")))
        if (found := read(path)) is None:
            found = compute()
            write(path, found)
    return found


def precomputed(run: Run, name: str) -> Arrays | None:
    """What the run's directory holds under that name; None if nothing, or of another model."""
    start = f"{name}/"
    try:
        arrays = files.read_arrays(run.path / FILE)
    except RunError:  # none, or a damaged one
        return None
    if str(arrays.pop("model", "")) != stamp(run):
        return None
    parts = {key.removeprefix(start): arrays[key] for key in arrays if key.startswith(start)}
    return parts or None


def put(run: Run, stamp: str, parts: dict[str, Arrays]) -> None:
    """Write what was precomputed for a run, by name; `stamp` is that of the model it was computed with.

    Raises:
        OSError: it cannot be written.
    """
    arrays: dict[str, Any] = {
        f"{name}/{key}": array for name, part in parts.items() for key, array in part.items()
    }
    with replacing(run.path / FILE) as new, open(new, "wb") as file:
        np.savez_compressed(file, model=np.array(stamp), **arrays)


def stamp(run: Run) -> str:
    """Identifies the run's present model and this version of the work.

    Raises:
        RunError: the run's model.tflite cannot be read.
    """
    return f"{VERSION}-{digest(run)}"


def place(run: Run, name: str) -> Path:
    """Where that is kept for the run's present model.

    Raises:
        RunError: the run's model.tflite or its description cannot be read.
    """
    model = stamp(run)
    return _folder(run.name) / f"{name}-{run.dataset.digest[:8]}-{model}.npz"


def move(name: str, new_name: str) -> None:
    """Keep what is known of a run under its new name; where that cannot be, it is worked out again."""
    forget(new_name)  # what is there is of a run that was
    with contextlib.suppress(OSError):
        os.replace(_folder(name), _folder(new_name))


def forget(name: str) -> None:
    """Delete all that is kept of a run that is no more."""
    shutil.rmtree(_folder(name), ignore_errors=True)


def _folder(name: str) -> Path:
    return folders.home() / ".derived" / name


def digest(run: Run) -> str:
    """Twelve characters that identify the run's model.

    Raises:
        RunError: it cannot be read.
    """
    return digest_of(run.path / "model.tflite")


def digest_of(path: Path) -> str:
    """The same of any model.tflite."""
    try:
        stat = path.stat()
        return _digest(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise RunError(f"{path} cannot be read: {explain(error)}") from None


def check_model(run: Run) -> None:
    """See that a run's model.tflite is the one that was measured; one that nothing is known of may be.

    Raises:
        RunError: it is not, or it or the run's result cannot be read.
    """
    result = run.result
    measured = result.get("model_digest") if result else None
    if measured is not None and measured != digest(run):
        raise RunError(
            f"{run.path / 'model.tflite'} is damaged, or of another run: it is not the file that was measured. "
            f"`python -m fmnist complete {run.argument}` makes it again from model.keras."
        )


def identity(run: Run) -> str:
    """What the run's predictions depend on: its model, and how much evidence it needs.

    Raises:
        RunError: the model or the run's result cannot be read.
    """
    result = run.result
    point = result.get("operating_point") if result else None
    return f"{digest(run)} {point}"


@functools.lru_cache(maxsize=64)
def _digest(path: Path, changed_at: int, size: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def read(path: Path) -> Arrays | None:
    """The arrays in a file; None if there is none, or a damaged one."""
    try:
        with open(path, "rb") as content, np.load(content) as file:
            return dict(file)
    except Exception:  # a damaged archive raises anything from zlib, zipfile or NumPy
        return None


def write(path: Path, arrays: Arrays) -> None:
    """Put arrays into a file as a whole, in the place of those of former models; or do nothing."""
    # A full or read-only disk: it will be computed again.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as new, open(new, "wb") as file:
            np.savez(file, **cast(dict[str, Any], arrays))
        files.sweep(path.parent)
        name = _name(path)
        for other in path.parent.glob("*.npz"):
            if other != path and _name(other) == name:
                other.unlink(missing_ok=True)


def _name(path: Path) -> str:
    return path.stem.rsplit("-", 3)[0]
