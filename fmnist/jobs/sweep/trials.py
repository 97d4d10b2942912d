"""The trials of a sweep while it is carried out: their runs are started, compared, ended early and resumed.

The first run of a trial is compared with that of others after the same epochs, on the same validation images, as both
have the same seed. Only a trial that is still there at its end trains its other seeds, all at once. Which runs there are
is found in their folders, and what Optuna was told in its journal: whenever the process is killed, another one goes on.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.recipes.fields import RecipeError
from fmnist.runs import queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import RESUMABLE
from fmnist.runs.sweep_fields import Trial, TrialRun
from fmnist.runs.sweeps import Sweep

from . import watching
from .study import STEPS, Study, step_after
from .watching import TRIES, Runs

FIRST_LOOK = 2  # the epoch before which no trial is compared: after the first one, chance decides


class _CannotResume(Exception):
    """A run that cannot be resumed; the message says why."""


class Trials:
    """All trials of a sweep, and what this process does about them."""

    def __init__(self, sweep: Sweep, say: Callable[[str], None]):
        """Find what there is of them.

        Raises:
            RunError: the sweep's files are damaged.
            OSError: they cannot be read or written.
        """
        self._sweep, self._say, self._study = sweep, say, Study(sweep)
        self._about, self._recipe = sweep.description, sweep.recipe
        self._runs = watching.find(sweep)
        self._trials: dict[int, Trial] = {}
        with suppress(RunError):  # a damaged file is written again
            self._trials = {trial.number: trial for trial in sweep.trials}
        self._add_deleted()
        self._mine: set[Run] = set()  # runs that this process has seen training or waiting
        self._tries: Counter[tuple[str, int]] = Counter()  # of resuming a run after so many epochs
        self._has_more = True  # whether another trial can begin
        self.waits = ""  # why no further run can be started, in a sentence
        self.is_full = False  # whether it is because others wait, too
        for number, state in enumerate(self._study.states()):
            kept = self._trials.get(number)
            if kept is None or kept.state != state:  # a killed process had no time to write it down
                self._note(number, kept.error if kept else "")

    def _add_deleted(self) -> None:
        """Add the runs that were there before and are not any more."""
        for trial in self._trials.values():
            for seen in trial.runs:
                gone = Run(folders.home() / seen.name)
                self._runs.setdefault(trial.number, {}).setdefault(seen.seed, gone)

    @property
    def all(self) -> list[Trial]:
        """Those that have begun, in that order."""
        return [self._trials[number] for number in sorted(self._trials)]

    @property
    def active(self) -> list[Run]:
        """The runs that train or wait."""
        of_trials = [
            (number, runs) for number, runs in self._runs.items() if number in self._trials
        ]
        return [
            runs[seen.seed]
            for number, runs in of_trials
            for seen in self._trials[number].runs
            if watching.is_active(seen)
        ]

    def look(self) -> None:
        """See how the runs are, tell Optuna, and end what should end."""
        for number, state in enumerate(self._study.states()):
            before = self._trials[number]
            if state == "running":
                self._judge(number)
            elif any(map(watching.is_active, before.runs)):
                self._note(number, before.error)  # a trial that was ended early stops
                self._stop(number)

    def start_more(self, room: int) -> bool:
        """Start or resume runs until `room` of them are active; whether there is more to do, now or later."""
        self.waits = ""
        active, wanted = len(self.active), self._wanted()
        try:
            while active < room and (found := next(wanted, None)):
                self._begin(*found)
                active += 1
        except RunError as error:
            self.waits = str(error)
            self.is_full = isinstance(error, queue.FullError)
            return True
        is_full = active >= room  # perhaps of trials that have failed at once: then others begin
        return is_full or any(t.state == "running" for t in self.all) or bool(self.active)

    def stop_all(self) -> bool:
        """Ask all runs to stop; whether some are still active."""
        for number, trial in self._trials.items():
            if any(map(watching.is_active, trial.runs)):
                self._stop(number)
                self._note(number, trial.error)
        return bool(self.active)

    def _wanted(self) -> Iterator[tuple[int, int]]:
        """The trial and seed of each run that should train now and does not; the last ones are of new trials."""
        for number, state in enumerate(self._study.states()):
            if state == "running":
                yield from self._wanted_of(number)
        while self._has_more:
            new = self._study.next()
            self._has_more = new is not None
            if new is not None:
                self._note(new)
                yield from self._wanted_of(new)

    def _wanted_of(self, number: int) -> Iterator[tuple[int, int]]:
        seen = {run.seed: run for run in self._trials[number].runs}
        for seed in range(self._about["seeds"]):
            if seed > 0 and not self._may_train_all(seen):
                return
            if seed not in seen or seen[seed].state in RESUMABLE:
                yield number, seed

    def _may_train_all(self, seen: dict[int, TrialRun]) -> bool:
        """Whether a trial trains its other seeds, too: a bad one has ended with its first."""
        first_is_done = 0 in seen and seen[0].state == "finished"
        return first_is_done or self._about["pruner"] == "none"

    def _begin(self, number: int, seed: int) -> None:
        """Start or resume a run.

        Raises:
            RunError: it cannot be now.
        """
        if self._trials[number].state != "running":  # another run of the trial could not be started
            return
        launcher.check_workers()
        runs = self._runs.setdefault(number, {})
        try:
            if seed in runs:
                self._resume(runs[seed])
            else:
                about = {"name": self._sweep.name, "id": self._about["id"], "trial": number}
                recipe = self._recipe.changed(**self._study.settings(number), seed=seed)
                runs[seed] = launcher.start(recipe, sweep=about)
        except (RecipeError, _CannotResume) as error:
            self._fail(number, str(error))
            return
        self._mine.add(runs[seed])
        self._note(number)

    def _resume(self, run: Run) -> None:
        """Resume a run.

        Raises:
            FullError: the queue is full.
            _CannotResume: it can never be.
        """
        attempt = (run.name, len(run.metrics()))
        if self._tries[attempt] == TRIES:
            raise _CannotResume(f"Its run {run.name} was interrupted {TRIES} times.")
        try:
            launcher.resume(run)
        except queue.FullError:
            raise
        except RunError as error:
            raise _CannotResume(str(error)) from None
        self._tries[attempt] += 1

    def _judge(self, number: int) -> None:
        """See whether a trial has failed, should end early, or is done."""
        self._note(number)
        if any(run.state == watching.DELETED for run in self._trials[number].runs):
            self._runs.setdefault(number, {}).update(watching.find(self._sweep).get(number, {}))
            self._note(number)  # it may have another name now
        runs, trial = self._runs.get(number, {}), self._trials[number]
        for seen in trial.runs:
            if why := watching.problem(runs[seen.seed], seen):
                self._fail(number, why)
                return
            if seen.state == "stopped" and runs[seen.seed] in self._mine:
                self._prune(number, f"Its run {seen.name} was stopped.")
                return
            if watching.is_active(seen):
                self._mine.add(runs[seen.seed])
        if 0 in runs and (why := self._why_prune(number, runs[0])):
            self._prune(number, why)
        elif len(trial.accuracies) == self._about["seeds"]:
            self._study.finish(number, statistics.mean(trial.accuracies))
            self._ended(number)

    def _why_prune(self, number: int, first: Run) -> str | None:
        """Why a trial should end early, by its first run, in a sentence; None where it should not."""
        epochs = self._recipe.changed(**self._study.settings(number)).epochs
        ends = list(watching.ends_of_epochs(first))
        trained = any(epoch == epochs for epoch, _ in ends)  # then ending it early saves nothing
        for epoch, accuracy in ends:
            step = step_after(epoch, epochs)
            is_last = step == STEPS and self._about["seeds"] == 1  # then it is done
            if step < 1 or epoch < FIRST_LOOK or is_last:
                continue
            prunes = self._study.should_prune(number, step, accuracy)
            if prunes and (step == STEPS or not trained):
                words = {"halving": "not in the better half", "median": "below the median"}
                place = words.get(self._about["pruner"], "worse than others")
                return f"With {accuracy:.2%} it was {place} after epoch {epoch} of {epochs}."
        return None

    def _prune(self, number: int, why: str) -> None:
        self._study.prune(number)
        self._stop(number)
        self._ended(number, why)

    def _fail(self, number: int, why: str) -> None:
        self._study.fail(number)
        self._stop(number)
        self._ended(number, why)

    def _stop(self, number: int) -> None:
        """Ask the runs of a trial to stop, but those that have trained all their epochs."""
        for run in self._runs.get(number, {}).values():
            with suppress(RunError):
                done = run.status.get("phase") == "finishing"
                if not (done or run.stop_requested):
                    launcher.stop(run)

    def _ended(self, number: int, error: str = "") -> None:
        self._note(number, error)
        self._say(in_words(self._trials[number]))

    def _note(self, number: int, error: str = "") -> None:
        """Keep how a trial is now."""
        runs: Runs = self._runs.get(number, {})
        self._trials[number] = Trial(
            number=number,
            settings=self._study.settings(number),
            state=self._study.states()[number],
            runs=[watching.look(runs[seed], seed) for seed in sorted(runs)],
            error=error,
        )


def in_words(trial: Trial) -> str:
    """How a trial has ended, in a line."""
    settings = ", ".join(f"{name} {_word(value)}" for name, value in trial.settings.items())
    about = f"Trial {trial.number} ({settings})"
    if trial.accuracy is None:
        return f"{about}: {'ended early' if trial.state == 'pruned' else 'failed'}. {trial.error}"
    spread = "" if trial.spread is None else f", standard deviation {100 * trial.spread:.2f} points"
    return f"{about}: validation accuracy {trial.accuracy:.2%}{spread}."


def _word(value: object) -> str:
    if isinstance(value, list | tuple):
        return "+".join(map(str, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
