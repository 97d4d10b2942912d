"""The runs of a sweep's trials, as its process sees them in their folders."""

import math
from collections.abc import Iterator
from contextlib import suppress

from fmnist.runs import changes
from fmnist.runs.files import RunError, is_folder
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE
from fmnist.runs.sweep_fields import TrialRun
from fmnist.runs.sweeps import Sweep

DELETED = "deleted"
TRIES = 3  # times that a run is resumed which was interrupted without a further epoch

Runs = dict[int, Run]  # of a trial, by seed


def find(sweep: Sweep) -> dict[int, Runs]:
    """The runs of each trial, as their run.json say: so none is lost that a killed process has started."""
    found: dict[int, Runs] = {}
    for run in sweep.runs():
        with suppress(RunError):
            if of := run.sweep:
                found.setdefault(of["trial"], {})[run.recipe.seed] = run
    return found


def look(run: Run, seed: int) -> TrialRun:
    """What a run has trained so far."""
    if not is_folder(run.path):
        return TrialRun(run.name, seed, DELETED)
    state, result, rows = run.state, None, run.metrics()
    with suppress(RunError):
        result = run.result
    epochs = (
        math.ceil(rows[-1]["epoch"]) if rows else 0
    )  # one that was cut short cost something, too
    ends = [row.get("validation_accuracy") for row in rows if row.get("end_of_epoch")]
    return TrialRun(
        name=run.name,
        seed=seed,
        state=state,
        epochs=result["epochs"] if result and state == "finished" else epochs,
        last_accuracy=ends[-1] if ends else None,
        accuracy=result.get("validation_accuracy") if result and state == "finished" else None,
        seconds=max((row.get("seconds", 0.0) for row in rows), default=0.0),
    )


def ends_of_epochs(run: Run) -> Iterator[tuple[int, float]]:
    """The number of each finished epoch, from 1, and the validation accuracy after it."""
    for row in run.metrics():
        if row.get("end_of_epoch") and "validation_accuracy" in row:
            yield round(row["epoch"]), row["validation_accuracy"]


def problem(run: Run, seen: TrialRun) -> str | None:
    """Why a run says nothing of its trial's settings, in a sentence; None where it does or will."""
    if seen.state == DELETED:
        return f"Its run {run.name} was deleted."
    if seen.state == "broken":
        return f"Its run {run.described('broken')}."
    if seen.state == "failed":
        with suppress(RunError):
            return run.status.get("error", f"Its run {run.name} has failed.")
    with suppress(RunError):
        if changes.read(run):
            return f"Its run {run.name} was changed while it trained, so it has other settings."
    if seen.state == "finished" and seen.accuracy is None:
        return f"Its run {run.name} has no validation accuracy."
    return None


def is_active(seen: TrialRun) -> bool:
    """Whether a run trains or waits."""
    return seen.state in ACTIVE
