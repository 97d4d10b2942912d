"""A sweep's study in Optuna: which settings are tried next, and which trials end early.

The study is a journal file in the sweep's folder, appended with each step, so that it survives a kill.
"""

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from fmnist.recipes import search_space
from fmnist.recipes.fields import Field, settings_of
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.search_space import Dimension, Range
from fmnist.runs.files import RunError
from fmnist.runs.sweep_fields import TrialState
from fmnist.runs.sweeps import REMEDY, Sweep

STEPS = 8  # of a run, at whose ends trials are compared: 1, 2, 4 and 8 with the pruner "halving"
HALVING = 2  # one of so many goes on: with three it ended too many early that were good at the end
LATE = 3  # of the steps, the one before which no trial ends where early epochs say little
COMPARED_WITH = 4  # finished trials that the pruner "median" needs
REPEATS = 10  # draws in a row of what was tried already; then something else is tried, if there is anything
DIGITS = 4  # of a number that is drawn

STATES: dict[State, TrialState] = {
    State.RUNNING: "running",
    State.COMPLETE: "finished",
    State.PRUNED: "pruned",
    State.FAIL: "failed",
}


class Study:
    """What Optuna knows of a sweep. Its trials have the numbers 0, 1, ... in the order of their start."""

    def __init__(self, sweep: Sweep):
        """Open the sweep's journal, or begin it.

        Raises:
            RunError: it is damaged.
            OSError: it cannot be read or written.
        """
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        about = sweep.description
        self.space, self.most = sweep.space, about["trials"]
        self._distributions = {name: _distribution(name, each) for name, each in self.space.items()}
        self._grid = list(search_space.combinations(self.space))
        random.Random(about["id"]).shuffle(self._grid)
        self._is_grid = about["sampler"] == "grid"
        path = sweep.path / "journal.log"
        _mend(path)
        try:
            self._study = optuna.create_study(
                storage=JournalStorage(JournalFileBackend(str(path))),
                study_name=about["id"],
                direction="maximize",
                load_if_exists=True,
                pruner=_pruner(about["pruner"], sweep.recipe),
            )
            # A sampler with the seed of before would draw the same again.
            seed = (int(about["id"], 16) + len(self._study.trials)) % 2**32
        except (ValueError, KeyError, AssertionError) as error:
            raise RunError(f"{path} is damaged ({type(error).__name__}). {REMEDY}") from None
        self._study.sampler = _sampler(about["sampler"], seed, self.most)
        self._complete()

    def states(self) -> list[TrialState]:
        """Whether each trial that has begun runs, and how it has ended, by their numbers."""
        return [STATES[trial.state] for trial in self._trials()]

    def next(self) -> int | None:
        """Begin another trial; None where there are as many as there should be, or nothing new to try."""
        number = len(self._trials())
        if number >= self.most:
            return None
        for _ in range(REPEATS):
            self._ask(self._grid[number] if self._is_grid else None)
            if len(self._trials()) > number:
                return number
        for untried in self._grid:
            self._ask(untried)
            if len(self._trials()) > number:
                return number
        return None

    def settings(self, number: int) -> dict[str, Any]:
        """The settings of a trial, as a recipe has them."""
        fields = settings_of(Recipe)
        return {
            name: _value(fields[name], self.space[name], param)
            for name, param in self._trials()[number].params.items()
        }

    def should_prune(self, number: int, step: int, accuracy: float) -> bool:
        """Report a validation accuracy after a step of `STEPS`; whether the trial should end.

        A step that was reported before is not looked at again: False.
        """
        frozen = self._trials()[number]
        if step in frozen.intermediate_values:
            return False
        trial = optuna.Trial(self._study, frozen._trial_id)
        trial.report(accuracy, step)
        return trial.should_prune()

    def finish(self, number: int, accuracy: float) -> None:
        """The trial has trained all seeds; their mean validation accuracy."""
        self._study.tell(self._trials()[number].number, accuracy)

    def prune(self, number: int) -> None:
        """The trial has ended early."""
        self._study.tell(self._trials()[number].number, state=State.PRUNED)

    def fail(self, number: int) -> None:
        """The trial has failed, and says nothing of its settings."""
        self._study.tell(self._trials()[number].number, state=State.FAIL)

    def _trials(self) -> list[FrozenTrial]:
        """Those that have begun, by their numbers. One that repeats the settings of another is none."""
        found: dict[tuple[Any, ...], FrozenTrial] = {}
        for trial in self._study.get_trials(deepcopy=False):
            if trial.state != State.WAITING:
                found.setdefault(tuple(trial.params[name] for name in self._distributions), trial)
        return list(found.values())

    def _ask(self, settings: dict[str, Any] | None = None) -> None:
        """Begin a trial, with those settings or with what the sampler draws; it fails if it repeats another."""
        waiting = self._study.get_trials(deepcopy=False, states=(State.WAITING,))
        if settings and not waiting:  # else a kill came before it began
            fields = settings_of(Recipe)
            self._study.enqueue_trial({name: fields[name].text(v) for name, v in settings.items()})
        before = len(self._trials())
        trial = self._study.ask(self._distributions)
        if len(self._trials()) == before:
            self._study.tell(trial, state=State.FAIL)

    def _complete(self) -> None:
        """Draw the settings that a kill has left open."""
        running = self._study.get_trials(deepcopy=False, states=(State.RUNNING,))
        for frozen in running:
            trial = optuna.Trial(self._study, frozen._trial_id)
            for name, distribution in self._distributions.items():
                trial._suggest(name, distribution)


def step_after(epoch: int, epochs: int) -> int:
    """How many of the `STEPS` of a run of so many epochs are done after one of them."""
    return STEPS * epoch // epochs


def _distribution(name: str, dimension: Dimension) -> BaseDistribution:
    if isinstance(dimension, Range):
        low, high, log = dimension.low, dimension.high, dimension.logarithmic
        if dimension.whole:
            return IntDistribution(int(low), int(high), log=log)
        return FloatDistribution(low, high, log=log)
    field = settings_of(Recipe)[name]  # Optuna's file cannot hold a tuple
    return CategoricalDistribution([field.text(value) for value in dimension.values])


def _value(field: Field, dimension: Dimension, param: Any) -> Any:
    if not isinstance(dimension, Range):
        return field.parse(param)
    if dimension.whole:
        return param
    return min(dimension.high, max(dimension.low, float(f"{param:.{DIGITS}g}")))


def _sampler(name: str, seed: int, trials: int) -> BaseSampler:
    if name == "tpe":
        return TPESampler(seed=seed, n_startup_trials=min(10, max(2, trials // 4)))
    return RandomSampler(seed=seed)  # of a grid every value is given


def _pruner(name: str, recipe: Recipe) -> BasePruner:
    """The pruner. One cycle of the learning rate shows little before its peak, at a quarter."""
    if name == "halving":
        late = recipe.schedule == "one-cycle"
        return SuccessiveHalvingPruner(
            min_resource=1, reduction_factor=HALVING, min_early_stopping_rate=int(late)
        )
    if name == "median":
        return MedianPruner(n_startup_trials=COMPARED_WITH, n_warmup_steps=LATE)
    return NopPruner()


def _mend(path: Path) -> None:
    """Drop what a killed process or a full disk has left: a torn last line, and the lock of the journal."""
    with suppress(FileNotFoundError):
        path.with_name(f"{path.name}.lock").unlink()
    with suppress(FileNotFoundError), open(path, "r+b") as file:
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)
