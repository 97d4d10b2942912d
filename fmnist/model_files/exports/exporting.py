"""Export a run: in a process with limits, to a temporary place, compared, and only then to its own."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fmnist.machine import folders
from fmnist.machine.disk import explain
from fmnist.model_files import limited, walls
from fmnist.model_files.inspection import ModelFileError
from fmnist.model_files.limited import Progress
from fmnist.people import mode
from fmnist.runs import rights
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import USABLE

from . import network
from .comparison import Report
from .formats import FORMATS, Format

STAGES = {  # of the process in order, and the seconds that each may take
    "Loading the model": 300.0,  # with TensorFlow, behind all else that this machine does
    "Writing the export": 600.0,
    "Comparing predictions": 300.0,
}
LOAD, WRITE, COMPARE = STAGES
REPORT = "report.json"  # by the process, for this one


class Export(NamedTuple):
    """What was written."""

    run: str
    format: str
    path: Path
    bytes: int
    report: Report | None  # None where the format predicts nothing
    lacks: list[str]  # what it leaves out of the run, in sentences

    def in_words(self) -> list[str]:
        """Sentences about what was compared and what was left out, to show."""
        compared = self.report.in_words(FORMATS[self.format].runtime) if self.report else []
        differs = ["What differs from the run:"] if self.lacks else []
        return [*compared, *differs, *(f"- {sentence}" for sentence in self.lacks)]

    def row(self) -> dict[str, Any]:
        """What `export --json` prints."""
        row = self._asdict() | {"path": str(self.path)}
        report = row.pop("report")
        return row | (report.row() if report else {})


def size_in_words(count: int) -> str:
    """Bytes for a reader: "4.7 MB", or "12 kB" of a small file."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{max(1, count / 1e3):.0f} kB"


def export(
    run: Run, format: Format, path: Path | None = None, progress: Progress = lambda stage: None
) -> Export:
    """Export a finished run, and compare what was written with the run's own model.

    Args:
        run: with a trained model.
        format: one of `formats.FORMATS`.
        path: the file or folder to make; None for the run's name in the working folder.
        progress: called 20 times a second with the stage; what it raises ends the export.

    Raises:
        RunError: the run is somebody else's or cannot be exported so, a package is missing, or nothing can be written there.
    """
    rights.check(run)
    path = (path or Path(run.name + format.suffix)).absolute()
    _check(run, format, path)
    with _errors_in_words(run, format), _temporary(path) as new:
        with tempfile.TemporaryDirectory() as folder:
            report = _written(run, format, new, Path(folder), progress)
        lacks = format.lacks(run) if format.lacks else []
        written = Export(run.name, format.name, path, network.size(new), report, lacks)
        _check_free(path)  # it may have come meanwhile
        new.rename(path)
    return written


def _check(run: Run, format: Format, path: Path) -> None:
    mode.insist("export", RunError)
    if format.missing:
        raise RunError(f"The format {format.name} needs a package. {format.missing}")
    if (state := run.state) not in USABLE:
        raise RunError(f"{run.described(state)}: it has no trained model to export.")
    _check_free(path)


def _check_free(path: Path) -> None:
    if os.path.lexists(path):
        raise RunError(f"{path} exists already; choose another name, or delete it first.")


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A path to write to on the same disk; what is there at the end is deleted."""
    if not path.parent.is_dir():
        raise RunError(f"There is no folder {path.parent}; make it first, or choose another.")
    try:
        made = tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".new", dir=path.parent)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RunError(
            f"Nothing can be written to {path.parent}: {reason}; choose another."
        ) from None
    folder = Path(made)
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(
    run: Run, format: Format, new: Path, folder: Path, progress: Progress
) -> Report | None:
    arguments: list[str | Path] = [run.path, format.name, new, folder]
    stage = limited.run(
        f"{__package__}.worker",
        arguments,
        folder,
        run.name,
        STAGES,
        progress,
        reads=[run.path, folders.home(), folders.SHIPPED, folders.datasets()],
        writes=[new.parent],
    )
    with contextlib.suppress(FileNotFoundError):
        found = json.loads((folder / REPORT).read_text())
        return Report.read(found) if found else None
    raise RunError(
        f"{run.name} was not exported to {format.title}: its process ended without a message "
        f"({stage[0].lower()}{stage[1:]}); it may need more than {walls.MEMORY / 2**30:.0f} GB of memory."
    )


@contextlib.contextmanager
def _errors_in_words(run: Run, format: Format) -> Iterator[None]:
    try:
        yield
    except ModelFileError as error:
        raise RunError(str(error)) from None
    except OSError as error:
        raise RunError(f"{run.name} was not exported to {format.title}: {explain(error)}") from None
