"""What may stand in the JSON files of a sweep's folder: each field, its type and its bounds."""

import statistics
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from .fields import Moment, Seconds, Share, Whole, Words

Value = bool | int | float | Words | list[bool | int | float | Words] | None
TrialState = Literal["running", "finished", "pruned", "failed", "interrupted"]
Name = Annotated[str, Meta(max_length=64)]


class SweepDescription(TypedDict):
    """sweep.json: what the sweep does. It never changes."""

    id: Name  # random: a later sweep of the same name has another
    recipe: dict[str, Any]  # that all trials vary
    space: dict[Name, Words]  # as `search_space.parse` reads it
    sampler: Name  # of `sweep_plan.SAMPLERS`
    pruner: Name  # of `sweep_plan.PRUNERS`
    seeds: Annotated[int, Meta(ge=1, le=100)]
    trials: Annotated[int, Meta(ge=1, le=1000)]
    epochs: Whole  # that all trials would train to their end
    created_at: Moment


class SweepStatus(TypedDict, total=False):
    """status.json: the process that carries the sweep out, and how it ended."""

    state: Literal["starting", "running", "stopped", "failed", "finished"]
    updated_at: Moment
    pid: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None
    pid_started: float
    boot: Words
    host: Words
    error: Words  # why it has failed, in a sentence
    waits: Words  # what it waits for, in a sentence


class TrialRun(msgspec.Struct, frozen=True):
    """A run of a trial."""

    name: Words
    seed: Whole
    state: Words  # of `states.State`, or "deleted"
    epochs: Whole = 0  # trained so far
    last_accuracy: Share | None = None  # on the validation images, after the last of these epochs
    accuracy: Share | None = None  # on the validation images, of a finished run's model
    seconds: Seconds = 0.0  # of training so far


class Trial(msgspec.Struct, frozen=True):
    """A combination of settings, and the runs that train it, one a seed."""

    number: Whole  # from 0, in the order of their start
    settings: dict[Name, Value]  # of the search space, as JSON has them: a list for several items
    state: TrialState
    runs: list[TrialRun] = []
    error: Words = ""  # why it has failed or was pruned, in a sentence

    @property
    def accuracies(self) -> list[float]:
        """The validation accuracy of each finished run, by seed."""
        return [run.accuracy for run in self.runs if run.accuracy is not None]

    @property
    def accuracy(self) -> float | None:
        """The mean validation accuracy over all seeds; None of a trial that has not trained all of them."""
        return statistics.mean(self.accuracies) if self.state == "finished" else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of the validation accuracy over seeds; None of fewer than two."""
        found = self.accuracies
        return statistics.stdev(found) if self.state == "finished" and len(found) > 1 else None

    @property
    def epochs(self) -> int:
        """How many epochs its runs have trained."""
        return sum(run.epochs for run in self.runs)

    @property
    def seconds(self) -> float:
        """How long its runs have trained."""
        return sum(run.seconds for run in self.runs)
