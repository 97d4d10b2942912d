"""The files of a run directory, read with their values checked, and written as a whole."""

import contextlib
import copy
import functools
import io
import json
import os
import stat
import time
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
import numpy as np

from fmnist.data.dataset import DataSet
from fmnist.machine.disk import replacing
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe

from .fields import Description, Row

MEGABYTE = 1_000_000
LARGEST = {  # bytes that are read of a file; the longest training writes a tenth of it
    "run.json": MEGABYTE,
    "status.json": MEGABYTE,
    "result.json": 4 * MEGABYTE,
    "metrics.jsonl": 64 * MEGABYTE,
    "predictions.npz": 4 * MEGABYTE,
    "marks.jsonl": 64 * MEGABYTE,
    "precomputed.npz": 4 * MEGABYTE,
}
REMEDY = "Restore it or delete the run."  # where a file cannot be read
REMEMBERED = 50_000  # files that are not read again until they change: 70 MB for 4,000 runs
ABANDONED = 600.0  # seconds after which nobody writes to a temporary file any more


class RunError(Exception):
    """A run that does not exist or cannot be used so; the message gives the reason."""


T = TypeVar("T")
_decoder = functools.cache(msgspec.json.Decoder)


def read(path: Path, kind: type[T], remedy: str = REMEDY) -> T:
    """What a JSON file holds, of a type in `fields`; `remedy` is what to do where it does not.

    Raises:
        RunError: the file is missing or unreadable, too large, or a value in it is not as it should be.
    """
    content: T = _latest(path, kind, lambda: _decode(path, kind, remedy))
    return copy.copy(content)  # a reader may change its own


def _decode(path: Path, kind: type[T], remedy: str) -> T:
    try:
        content: T = _decoder(cast(Any, kind)).decode(read_bytes(path, remedy))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is damaged{explain_value(error)} {remedy}") from None
    return content


def _latest(path: Path, kind: Any, load: Callable[[], T]) -> T:
    """What `load` makes of a file; it is called again when the file has changed."""
    kept, now = _kept(path, kind), version(path)
    for of, content in kept:
        if of == now:
            return cast(T, content)
    loaded = load()
    kept[:] = [(now, loaded)]
    return loaded


@functools.lru_cache(maxsize=REMEMBERED)
def _kept(path: Path, kind: Any) -> list[tuple[tuple[int, ...], object]]:
    """The content of a file and its version; none before it was loaded."""
    return []


def version(path: Path) -> tuple[int, ...]:
    """What changes with a file's content: pages look at all runs again and again, and few change."""
    try:
        found = path.stat()
    except OSError:  # reading it gives the reason
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def read_recipe(path: Path) -> Recipe:
    """The recipe in a run.json.

    Raises:
        RunError: as `read`; or it is no recipe.
    """
    return _latest(path, Recipe, lambda: _decode_recipe(path))


def _decode_recipe(path: Path) -> Recipe:
    try:
        return Recipe.read(read(path, Description)["recipe"])
    except (RecipeError, RecursionError) as error:
        raise RunError(f"{path} holds no recipe: {error}") from None


def read_rows(path: Path) -> list[Row]:
    """The lines of a metrics.jsonl; those that are no row, as a torn last one, are dropped.

    Raises:
        RunError: there is something else than a file, or it cannot be read or is too large.
    """
    rows, decode = [], _decoder(Row).decode
    for line in read_bytes(path).splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            row = decode(line)
            if ("validation_loss" in row) == ("validation_accuracy" in row):
                rows.append(row)
    return rows


def explain_value(error: Exception) -> str:
    """What is wrong where in a JSON file: " at layers[0]: expected `int`, got `str`." """
    what, _, where = str(error).rstrip(".").rpartition(" - at ")
    what, where = (what, where) if what else (where, "")
    place = where.strip("`").removeprefix("$").removeprefix(".")
    return f"{f' at {place[:60]}' if place else ''}: {what[:200]}."


def read_bytes(path: Path, remedy: str = REMEDY) -> bytes:
    """The content of a file of a run, which anybody may have put there.

    Raises:
        RunError: it is missing, no file, or larger than such a file can be; or cannot be read.
    """
    most = LARGEST.get(path.name, MEGABYTE)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a folder, or a pipe, which never ends
            raise RunError(f"{path} is not a file; expected one. {remedy}")
        if found.st_size > most:
            raise RunError(
                f"{path} has {found.st_size / MEGABYTE:,.0f} MB; expected at most "
                f"{most / MEGABYTE:.0f} MB. {remedy}"
            )
        with open(path, "rb") as file:
            return file.read(most)
    except FileNotFoundError:
        raise RunError(f"{path} is missing.") from None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}.") from None


def read_predictions(path: Path, dataset: DataSet) -> tuple[np.ndarray, np.ndarray]:
    """The arrays in a predictions.npz, for the N test images and C classes of a data set.

    Returns:
        Probabilities, (N, C) float16, and predicted classes, (N,) uint8.

    Raises:
        RunError: the file is damaged, or what it holds are not predictions.
    """
    arrays = read_arrays(path, ["probabilities", "predicted"])
    probabilities, predicted = arrays["probabilities"], arrays["predicted"]
    count, classes = dataset.test_images, dataset.classes
    if probabilities.shape != (count, classes) or predicted.shape != (count,):
        raise RunError(f"{path} is cut short: it should hold {count:,} predictions.")
    if probabilities.dtype != np.float16 or predicted.dtype != np.uint8:
        raise RunError(f"{path} is damaged: expected float16 probabilities and uint8 classes.")
    sums = probabilities.sum(axis=1, dtype=np.float32)
    lowest, highest = probabilities.min(initial=0), predicted.max(initial=0)
    if not (lowest >= 0 and np.allclose(sums, 1, atol=0.02) and highest < classes):
        raise RunError(
            f"{path} is damaged: expected probabilities that add up to 1, and {classes} classes."
        )
    return probabilities, predicted


def read_arrays(path: Path, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays in an .npz file, all of them or those named.

    Raises:
        RunError: the file is missing, damaged, or too large; or lacks one of those named.
    """
    content = io.BytesIO(read_bytes(path))
    try:
        with zipfile.ZipFile(content) as archive:
            sizes = [member.file_size for member in archive.infolist()]
        if sum(sizes) > LARGEST[path.name]:
            raise ValueError("too large")
        with np.load(content) as file:
            return {name: file[name] for name in (file if names is None else names)}
    except Exception as error:  # a damaged archive raises anything from zlib, zipfile or NumPy
        raise RunError(f"{path} is damaged ({type(error).__name__}).") from None


def read_end(path: Path, length: int) -> str:
    """The last bytes of a text file; "" where there is none that can be read."""
    with contextlib.suppress(OSError):
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            with open(path, "rb") as file:
                file.seek(max(0, found.st_size - length))
                return file.read(length).decode(errors="replace")
    return ""


def is_there(path: Path) -> bool:
    """Whether anything has that name, be it unreadable."""
    return os.path.lexists(path)


def is_file(path: Path) -> bool:
    """Whether it is a file; what cannot be looked at is none."""
    with contextlib.suppress(OSError):
        return path.is_file()
    return False


def is_folder(path: Path) -> bool:
    """Whether it is a folder; what cannot be looked at is none."""
    with contextlib.suppress(OSError):
        return path.is_dir()
    return False


def write(path: Path, content: Mapping[str, object] | Sequence[object]) -> None:
    """Replace a JSON file as a whole."""
    with replacing(path) as new:
        new.write_text(json.dumps(content, indent=2) + "\n")


def sweep(folder: Path) -> None:
    """Delete the temporary files in a folder that a writer who was killed has left."""
    for path in folder.glob("*.new"):
        with contextlib.suppress(OSError):
            if abs(time.time() - path.lstat().st_mtime) > ABANDONED and not path.is_dir():
                path.unlink()
