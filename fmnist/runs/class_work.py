"""What a class has trained, as a whole: stopped, in one file, gone for the next class."""

import contextlib
import csv
import io
import re
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from fmnist.data import collection, library
from fmnist.machine import folders
from fmnist.people import access, members

from . import annotations, listing, manage, queue, rights, sweep_manage, sweeps, table
from .files import RunError
from .run import Run
from .states import ACTIVE

PATIENCE = 30.0  # seconds that trainings have to end
COLUMNS = ("recipe", "test_accuracy", "validation_accuracy", "epochs", "seconds", "parameters")
NameOf = Callable[[str], str]  # of the person with an id


def owner(run: Run) -> str:
    """The id of the person who made a run; "" is whoever sits at this computer."""
    return access.read(run.path).owner


def runs_of_students() -> list[Run]:
    """All runs that students have made, newest first: not those of a teacher, or made at a shell."""
    return [run for run in listing.everybodys() if members.is_student(owner(run))]


def stop(runs: Iterable[Run]) -> int:
    """Ask those that train or wait to stop, and sweeps that they are part of; how many runs there were.

    Raises:
        RunError: one is somebody else's, or cannot be asked.
    """
    active = [run for run in runs if run.state in ACTIVE]
    _stop_sweeps(_ids_of_sweeps(active))  # first: they would start others
    for run in active:
        rights.check(run)
        try:
            queue.request_stop(run)
        except OSError:
            raise RunError(
                f"{run.name} cannot be stopped: its folder cannot be written to."
            ) from None
    return len(active)


def delete(runs: Sequence[Run]) -> None:
    """Stop and delete runs for good.

    Raises:
        RunError: one trains on, or cannot be deleted; the others may be gone.
    """
    stop(runs)
    deadline = time.monotonic() + PATIENCE
    while any(run.state in ACTIVE for run in runs) and time.monotonic() < deadline:
        time.sleep(0.1)
    for run in runs:
        manage.delete(run)


def forget_students() -> None:
    """Delete for good all that students have made: sweeps, runs, data sets, marks, labelled drawings and photos.

    Raises:
        RunError, DatasetError, MarkError, CollectionError: something cannot be deleted; the rest may be gone.
    """
    _delete_sweeps_of_students()
    delete(runs_of_students())
    annotations.forget(members.is_student)
    collection.forget(members.is_student)
    theirs = [path.name for path in _data_sets() if members.is_student(access.read(path).owner)]
    for name in sorted(theirs, key=lambda name: library.find(name).base is None):
        library.remove(name)  # after those that have its images


def _ids_of_sweeps(runs: Iterable[Run]) -> set[str]:
    """The ids of the sweeps that runs are part of."""
    found = set()
    for run in runs:
        with contextlib.suppress(RunError):
            if of := run.sweep:
                found.add(of["id"])
    return found


def _stop_sweeps(ids: set[str]) -> None:
    for sweep in sweeps.everybodys() if ids else ():
        with contextlib.suppress(RunError):  # a broken one, or one that has ended meanwhile
            if sweep.description["id"] in ids:
                sweep_manage.stop(sweep)


def _delete_sweeps_of_students() -> None:
    """Stop and delete them.

    Raises:
        RunError: one goes on, or cannot be deleted.
    """
    theirs = [
        sweep for sweep in sweeps.everybodys() if members.is_student(access.read(sweep.path).owner)
    ]
    for sweep in theirs:
        if sweep.state in sweeps.ACTIVE:
            sweep_manage.stop(sweep)
    deadline = time.monotonic() + PATIENCE
    while any(sweep.state in sweeps.ACTIVE for sweep in theirs) and time.monotonic() < deadline:
        time.sleep(0.1)
    for sweep in theirs:
        sweep_manage.delete(sweep)


def _data_sets() -> list[Path]:
    with contextlib.suppress(OSError):
        return [path for path in folders.datasets().iterdir() if path.name[0] != "."]
    return []


def best(runs: Iterable[Run]) -> Run | None:
    """The one with the highest test accuracy; None where none has any."""
    accuracies = {}
    for run in runs:
        with contextlib.suppress(RunError):  # a broken one has none
            if run.usable:
                accuracies[run] = run.figures["test_accuracy"]
    return max(accuracies, key=lambda run: accuracies[run], default=None)


def rows(runs: Iterable[Run], name_of: NameOf) -> list[table.Row]:
    """A row a run with a measured accuracy, as `table.row` has it, with its `person` and `person_id`; the best first."""
    found = []
    for run in runs:
        id = owner(run)
        found.append(table.row(run) | {"person": name_of(id), "person_id": id})
    return sorted(
        (row for row in found if row.get("test_accuracy") is not None),
        key=lambda row: -row["test_accuracy"],
    )


def best_of_each(rows: Iterable[table.Row]) -> list[table.Row]:
    """Each person's first row."""
    found: dict[str, table.Row] = {}
    for row in rows:
        found.setdefault(row["person_id"], row)  # two guests may have one name
    return list(found.values())


def write_archive(file: BinaryIO, name_of: NameOf) -> None:
    """Write a ZIP with the students' runs, in a folder a person, and a table of their results.

    Raises:
        RunError: a file cannot be read.
    """
    runs = runs_of_students()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("results.csv", as_csv(rows(runs, name_of)))
        for run in runs:
            folder = f"{_file_name(name_of(owner(run)))}-{owner(run)[:4]}"
            manage.add_files(run, archive, f"{folder}/{run.name}")


def as_csv(rows: Iterable[table.Row]) -> str:
    """The figures of runs, as `rows` gives them, as a table for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["person", "run", *COLUMNS])
    for row in rows:
        writer.writerow([_cell(row["person"]), row["name"], *(row.get(name) for name in COLUMNS)])
    return text.getvalue()


def _cell(text: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if str(text)[:1] in "=+-@\t\r" else str(text)


def _file_name(text: str) -> str:
    return re.sub(r"[^\w-]+", "_", text)[:40].strip("_") or "person"
