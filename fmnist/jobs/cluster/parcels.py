"""What a training on another machine needs as files, and what comes back, written as a worker here would."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from fmnist.data import library
from fmnist.data.dataset import DataSet
from fmnist.machine.disk import replacing
from fmnist.runs import changes, checkpoints, listing, manage, parents
from fmnist.runs.fields import Change, Manifest, Result, Status
from fmnist.runs.files import RunError, explain_value
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from .place import GROWING, Files

OWN = ("run.json", "metrics.jsonl", "changes.json")  # of a run that is to be trained
MODEL = ("model.keras", "model.tflite", "predictions.npz", "precomputed.npz")

T = TypeVar("T")


class Folder(NamedTuple):
    """A folder that a training needs beside its own, by its path at a place."""

    path: str
    stamp: str  # changes with the content
    files: dict[str, Path]

    def read(self) -> Files:
        """The content.

        Raises:
            OSError: it cannot be read.
        """
        return {name: path.read_bytes() for name, path in self.files.items()}


def of_run(run: Run) -> Files:
    """The files with which a run begins, or goes on from its checkpoint.

    Raises:
        OSError: one cannot be read.
    """
    found = {name: run.path / name for name in OWN if (run.path / name).is_file()}
    if checkpoint := run.checkpoint:
        found |= {f"checkpoint/{path.name}": path for path in checkpoint.iterdir()}
    return {name: path.read_bytes() for name, path in found.items()}


def needed_by(run: Run) -> list[Folder]:
    """The data sets and other runs that a training reads; what ships is on every node.

    Raises:
        RunError: run.json cannot be read.
        OSError: a folder cannot be read.
    """
    direct = [found for name in run.recipe.others if (found := _found(name))]
    datasets = [run.dataset, *(parent.dataset for parent in direct)]
    needed = [folder for dataset in datasets for folder in _of_dataset(dataset)]
    needed += [_of_parent(parent, manage.FILES) for parent in direct if not parent.shipped]
    known = {each.path for each in needed}
    needed += [
        _of_parent(each, ("run.json",))
        for each in _ancestors(run)
        if not each.shipped and f"runs/{each.name}" not in known
    ]
    return list({each.path: each for each in needed}.values())


def _found(name: str) -> Run | None:
    with suppress(RunError):  # the training reports what is gone
        return listing.find(name)
    return None


def _ancestors(run: Run) -> Iterator[Run]:
    """Those whose recipes say which images were learned from."""
    with suppress(RunError):
        yield from (each for each in parents.ancestors(run) if each != run)


def _of_parent(run: Run, names: tuple[str, ...]) -> Folder:
    return _folder(f"runs/{run.name}", {name: run.path / name for name in names})


def _of_dataset(dataset: DataSet) -> list[Folder]:
    return [
        _folder(f"datasets/{path.name}", {each.name: each for each in path.iterdir()})
        for path in library.folders_of(dataset)
        if path.is_dir()
    ]


def _folder(path: str, found: dict[str, Path]) -> Folder:
    there = {
        name: each
        for name, each in found.items()
        if each.is_file() and name not in ("access.json", ".lock")
    }
    stats = [(name, each.stat()) for name, each in sorted(there.items())]
    stamp = " ".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)
    return Folder(path, stamp, there)


class Receiver:
    """Writes what comes back from a place into the run's folder."""

    def __init__(self, run: Run, elsewhere: str, place: dict[str, Any]):
        """`elsewhere` is the run's folder at the place; `place` has the status fields of who follows it here."""
        self.run, self._place = run, place
        self._writer = RunWriter(run)
        self._names = elsewhere.encode(), run.argument.encode()
        self.ended = Status()  # the last one, if the training had no result
        self.has_result = False

    def write(self, found: dict[str, tuple[int, bytes]], checkpoint: Files | None) -> None:
        """Write news in the order in which a worker would: the result last.

        A node may send anything: what comes is checked before it takes the place of what is there.

        Raises:
            OSError: a file cannot be written.
            RunError: what came is no such file.
        """
        if "result.json" in found:
            _decoded("result.json", found["result.json"][1], Result)
        for name in GROWING:
            if name in found:
                self._grow(name, *found[name])
        if "changes.json" in found:
            placed = _decoded(changes.FILE, found["changes.json"][1], list[Change])
            changes.take_places(self.run, placed)
        if checkpoint:
            self._replace_checkpoint(checkpoint)
        if "result.json" in found:
            self._writer.drop_old_result()
        for name in (*MODEL, "result.json"):
            if name in found:
                self._replace(name, found[name][1])
        if "result.json" in found:
            self.has_result = True
            self._tidy()
        elif "status.json" in found and not self.has_result:
            self._take_status(found["status.json"][1])

    def _take_status(self, content: bytes) -> None:
        fields = _decoded("status.json", content.replace(*self._names), Status)
        fields.pop("updated_at", None)
        if fields.get("state") in ("failed", "stopped"):
            self.ended = fields
        else:
            self._writer.update_status(**{**fields, **self._place})

    def _tidy(self) -> None:
        """As `RunWriter.finish` does after the result."""
        result = self.run.figures
        if not result.get("stopped"):
            checkpoints.remove(self.run.path)
            (self.run.path / changes.FILE).unlink(missing_ok=True)

    def _grow(self, name: str, start: int, content: bytes) -> None:
        path = self.run.path / name
        if name == "log.txt":  # that of an earlier training stays
            with self._writer.open_log() as log:
                log.write(content.replace(*self._names))
        elif start and start == path.stat().st_size:
            with open(path, "ab") as file:
                file.write(content)
        else:
            kept = path.read_bytes()[:start] if start else b""
            self._replace(name, kept + content)

    def _replace(self, name: str, content: bytes) -> None:
        with replacing(self.run.path / name) as new:
            new.write_bytes(content)

    def _replace_checkpoint(self, content: Files) -> None:
        manifest = content.get(checkpoints.MANIFEST, b"")
        names = [*_decoded(checkpoints.MANIFEST, manifest, Manifest)["files"], checkpoints.MANIFEST]
        if {*names} != content.keys():
            raise RunError("The node sent a checkpoint with other files than its manifest lists.")

        def fill(folder: Path) -> None:
            for name in names:
                (folder / name).write_bytes(content[name])

        checkpoints.replace(self.run.path, fill)


def _decoded(name: str, content: bytes, kind: type[T]) -> T:
    """What a node has sent.

    Raises:
        RunError: it is something else.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (ValueError, RecursionError) as error:
        raise RunError(f"The node sent a damaged {name}{explain_value(error)}") from None
