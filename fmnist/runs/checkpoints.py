"""The checkpoint of a run: a folder that is written as a whole, and resumed from as a whole or not at all.

Its manifest.json, written last, holds a digest of each file and of the run.json that they belong to.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from . import files
from .fields import Manifest
from .files import RunError, is_file, is_folder, is_there

MANIFEST = "manifest.json"


def save(run: Path, fill: Callable[[Path], None]) -> None:
    """Replace checkpoint/ of a run directory by a folder that `fill` puts its files in."""

    def fill_and_list(folder: Path) -> None:
        fill(folder)
        digests = {path.name: _digest(path) for path in folder.iterdir()}
        files.write(folder / MANIFEST, {"run": _digest(run / "run.json"), "files": digests})

    replace(run, fill_and_list)


def replace(run: Path, fill: Callable[[Path], None]) -> None:
    """As `save`, where `fill` writes the manifest too."""
    new, old = run / "checkpoint.new", run / "checkpoint.old"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    try:
        fill(new)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)  # a full disk needs the space
        raise
    if is_folder(
        run / "checkpoint"
    ):  # else old is all that there is: a writer was killed just here
        shutil.rmtree(old, ignore_errors=True)
        (run / "checkpoint").rename(old)
    new.rename(run / "checkpoint")
    shutil.rmtree(old, ignore_errors=True)


def find(run: Path) -> Path | None:
    """The folder of the last checkpoint that was written as a whole, if there is one."""
    for name in ("checkpoint", "checkpoint.old"):
        if is_folder(run / name):
            return run / name
    return None


def check(run: Path) -> None:
    """See that a training can be resumed from what was written; a run that has only begun needs nothing.

    Raises:
        RunError: the checkpoint is missing, damaged, or of another training.
    """
    folder = find(run)
    if folder is None:
        if _has_trained(run):
            raise RunError("its checkpoint is missing.")
        return
    manifest = files.read(folder / MANIFEST, Manifest)
    if manifest["run"] != _digest(run / "run.json"):
        raise RunError("its checkpoint is of another run, or run.json was edited since.")
    for name, digest in manifest["files"].items():
        if not is_file(folder / name):
            raise RunError(f"{name} of its checkpoint is missing.")
        if _digest(folder / name) != digest:
            raise RunError(f"{name} of its checkpoint is damaged.")


def remove(run: Path) -> None:
    """Delete all that is kept to resume from."""
    for name in ("checkpoint", "checkpoint.old", "checkpoint.new"):
        shutil.rmtree(run / name, ignore_errors=True)


def _has_trained(run: Path) -> bool:
    """Whether it must have written a checkpoint: it has a result, or finished more than one epoch."""
    if is_there(run / "result.json") or is_there(run / "result.old.json"):
        return True
    curve = run / "metrics.jsonl"
    rows = files.read_rows(curve) if is_there(curve) else []
    return sum(row.get("end_of_epoch", False) for row in rows) > 1


def _digest(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}.") from None
