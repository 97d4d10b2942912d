"""Sweeps as they are read: trainings of a recipe with many settings, to find the best of these by validation.

A sweep is a folder `.sweeps/<name>` beside the runs:

    sweep.json     recipe, search space, sampler, pruner      written first
    status.json    the process that carries it out            replaced atomically by that process
    trials.json    the trials so far and their runs           replaced atomically by that process
    journal.log    what Optuna keeps: settings, values        appended by that process
    stop           asks the process to end                    created by who wants that
    access.json    its owner; missing for the person at this computer
    .worker.lock   held by the process

Each run of a sweep says so in its run.json (`Run.sweep`). Nothing here needs Optuna; `jobs/sweep` starts and
carries out.
"""

import contextlib
import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, cast

from fmnist.machine import folders
from fmnist.people import access, acting
from fmnist.recipes import search_space
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.search_space import Space

from . import files, listing
from .fields import Status
from .files import RunError, is_folder, is_there
from .run import Run
from .states import START_LIMIT, has_worker
from .sweep_fields import SweepDescription, SweepStatus, Trial

State = Literal["running", "stopping", "stopped", "failed", "finished", "interrupted", "broken"]
ACTIVE: tuple[State, ...] = ("running", "stopping")
RESUMABLE: tuple[State, ...] = ("stopped", "failed", "interrupted")
REMEDY = "Delete the sweep; its runs stay."  # where a file cannot be read


class Cost(NamedTuple):
    """What a sweep has trained so far, and what it would without pruning."""

    trials: int  # begun
    runs: int  # begun
    epochs: int  # trained
    full_epochs: int  # of all trials with all seeds, each to its end
    seconds: float  # of training, of all runs together

    @property
    def share(self) -> float:
        """The epochs trained, as a share of the full ones."""
        return self.epochs / self.full_epochs if self.full_epochs else 0.0


@dataclasses.dataclass(frozen=True)
class Sweep:
    """A sweep's folder, read from the disk at each look; reading raises nothing but a RunError."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def description(self) -> SweepDescription:
        """Content of sweep.json."""
        return files.read(self.path / "sweep.json", SweepDescription, REMEDY)

    @property
    def recipe(self) -> Recipe:
        """What all trials vary, as they train it."""
        with _no_recipe(self.path):
            return Recipe.read(self.description["recipe"])

    @property
    def space(self) -> Space:
        """The settings that vary, with their values or ranges."""
        with _no_recipe(self.path):
            return search_space.parse(self.recipe, self.description["space"])[1]

    @property
    def created_at(self) -> float:
        """Seconds since the epoch."""
        return self.description["created_at"]

    @property
    def status(self) -> SweepStatus:
        """Content of status.json; `{}` while there is none."""
        path = self.path / "status.json"
        return files.read(path, SweepStatus, REMEDY) if is_there(path) else {}

    @property
    def stop_requested(self) -> bool:
        return is_there(self.path / "stop")

    @property
    def state(self) -> State:
        """The state; "interrupted" where its process ended without reporting why."""
        try:
            _ = self.recipe
            status = self.status
            if not self._alive(status):
                status = self.status  # it may have ended since that was read: its last word counts
        except RunError:
            return "broken"
        written = status.get("state")
        if written in ("stopped", "failed", "finished"):
            return written
        if not self._alive(status):
            return "interrupted" if is_folder(self.path) else "broken"
        return "stopping" if self.stop_requested else "running"

    @property
    def problem(self) -> str | None:
        """What is wrong, in a sentence: why it failed, what is broken, what it waits for; None where nothing is."""
        try:
            _ = self.space
            status = self.status
        except RunError as error:
            return str(error)
        return status.get("error") or status.get("waits")

    @property
    def trials(self) -> list[Trial]:
        """The trials that have begun, in that order.

        Raises:
            RunError: trials.json is damaged.
        """
        path = self.path / "trials.json"
        found = files.read(path, list[Trial], REMEDY) if is_there(path) else []
        if any(trial.state == "running" for trial in found) and self.state not in ACTIVE:
            return [_without_process(trial) for trial in found]
        return found

    @property
    def best(self) -> Trial | None:
        """The trial with the highest mean validation accuracy, among those that trained all seeds to their end."""
        done = [trial for trial in self.trials if trial.accuracy is not None]
        return max(done, key=lambda trial: trial.accuracy or 0.0, default=None)

    @property
    def best_recipe(self) -> Recipe | None:
        """The recipe with the best settings, checked; None while there are none."""
        best = self.best
        with _no_recipe(self.path):
            return self.recipe.changed(**best.settings) if best else None

    @property
    def test_accuracies(self) -> list[float]:
        """Those of the best trial's runs on the test set, by seed; [] until the sweep has finished.

        They are of one trial alone: who looks at those of all chooses by the test set.
        """
        best = self.best if self.state == "finished" else None
        found = []
        for run in best.runs if best else ():
            with contextlib.suppress(RunError):  # it was deleted
                found.append(Run(folders.home() / run.name).figures["test_accuracy"])
        return found

    @property
    def cost(self) -> Cost:
        """What it has trained so far."""
        trials = self.trials
        return Cost(
            trials=len(trials),
            runs=sum(len(trial.runs) for trial in trials),
            epochs=sum(trial.epochs for trial in trials),
            full_epochs=self.description["epochs"],
            seconds=sum(trial.seconds for trial in trials),
        )

    def runs(self) -> Iterator[Run]:
        """Its runs, in no order; those that trials.json does not have yet, too."""
        id = self.description["id"]
        for run in listing.own_folders():
            with contextlib.suppress(RunError):  # a broken one
                if (of := run.sweep) and of["id"] == id:
                    yield run

    def _alive(self, status: SweepStatus) -> bool:
        starting = status.get("pid") is None and status.get("state") == "starting"
        if starting and abs(time.time() - status.get("updated_at", 0)) < START_LIMIT:
            return True
        return has_worker(self.path, cast(Status, status))


def home() -> Path:
    """The folder of all sweeps."""
    return folders.home() / ".sweeps"


def list_sweeps() -> list[Sweep]:
    """The sweeps that who acts may see, broken ones too, newest first."""
    person = acting.person()
    found = [sweep for sweep in everybodys() if access.may_see(person, sweep.path)]
    return sorted(found, key=_newest_first)


def everybodys() -> Iterator[Sweep]:
    """The sweeps of all people, in no order."""
    with contextlib.suppress(OSError):  # there is no such folder, or it cannot be read
        for path in home().iterdir():
            named = path.name[0] != "." and path.name.isprintable()
            if named and is_there(path / "sweep.json"):  # it is written a moment after its folder
                yield Sweep(path)


def find(name: str) -> Sweep:
    """The sweep of that name.

    Raises:
        RunError: there is none; the message names some that there are.
    """
    names = []
    for sweep in list_sweeps():
        if sweep.name == name:
            return sweep
        names.append(sweep.name)
    raise listing.unknown("sweep", name, names)


def _newest_first(sweep: Sweep) -> float:
    with contextlib.suppress(RunError):
        return -sweep.created_at
    return 0.0


def _without_process(trial: Trial) -> Trial:
    """A trial that nobody carries out."""
    if trial.state != "running":
        return trial
    return Trial(trial.number, trial.settings, "interrupted", trial.runs, trial.error)


@contextlib.contextmanager
def _no_recipe(path: Path) -> Iterator[None]:
    try:
        yield
    except RecipeError as error:
        raise RunError(f"{path / 'sweep.json'} holds no sweep: {error} {REMEDY}") from None
