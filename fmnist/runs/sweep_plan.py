"""What a sweep will do, checked before it starts: trials, runs, epochs and about how many seconds."""

import dataclasses
import itertools
import math
from collections.abc import Mapping

from fmnist.data import library
from fmnist.data.dataset import DatasetError
from fmnist.people import acting
from fmnist.recipes import search_space
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.search_space import Space, Values

from . import allowance, creation, estimate
from .estimate import Estimate
from .splits import images_used

SAMPLERS = {  # which settings are tried
    "grid": "Every combination of the values.",
    "random": "Combinations drawn at random, each as probable as any other.",
    "tpe": "Combinations near those that did well so far (tree-structured Parzen estimator, a Bayesian search).",
}
PRUNERS = {  # which trials end early
    "halving": "Ends a trial that is not in the better half after an eighth, a quarter, a half and the end of its "
    "first run (successive halving).",
    "median": "Ends a trial that was never as good as the median of the finished ones at that epoch, from three "
    "eighths of its first run on.",
    "none": "Trains every trial to its end.",
}
TRIALS = 20  # by default, where there is no end of combinations
MOST_SEEDS = 100
MOST_RUNS = 1000  # of a sweep


@dataclasses.dataclass(frozen=True)
class Plan:
    """A sweep that can be started."""

    recipe: Recipe  # that all trials vary
    space: Space
    sampler: str
    pruner: str
    seeds: int  # runs of each trial, with the seeds 0, 1, ...
    trials: int

    @property
    def runs(self) -> int:
        """How many trainings there are at most; pruning saves some."""
        return self.trials * self.seeds

    @property
    def epochs(self) -> int:
        """How many epochs all of them train at most: the full cost."""
        return sum(recipe.epochs for recipe in self._recipes()) * self.seeds

    @property
    def estimate(self) -> Estimate | None:
        """About how long all of them take one after the other; None where nobody knows."""
        paces, dataset = estimate.paces(), library.find(self.recipe.data)
        found = [estimate.of(recipe, dataset, paces) for recipe in self._recipes()]
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            return None
        seconds = self.seeds * sum(each.seconds for each in known)
        here, exact = (all(getattr(each, name) for each in known) for name in ("here", "exact"))
        return Estimate(seconds, here, exact)

    def _recipes(self) -> list[Recipe]:
        """The recipe of each trial, the longest where that is not known yet."""
        if self.sampler == "grid":
            return [self.recipe.changed(**each) for each in search_space.combinations(self.space)]
        return [self.recipe.changed(epochs=_most_epochs(self.recipe, self.space))] * self.trials


def plan(
    recipe: Recipe,
    texts: Mapping[str, str],
    seeds: int = 1,
    sampler: str | None = None,
    pruner: str | None = None,
    trials: int | None = None,
) -> Plan:
    """A sweep of a recipe, checked.

    Args:
        recipe: to vary.
        texts: the search space, as `search_space.parse` reads it.
        seeds: runs of each trial.
        sampler: one of `SAMPLERS`; by default the grid, with a range "tpe".
        pruner: one of `PRUNERS`; by default "halving", or "none" where epochs vary.
        trials: how many; by default the whole grid, else `TRIALS`.

    Raises:
        RecipeError: something of it is not possible.
        RunError: the network of a trial cannot be built, or who acts may not train it.
    """
    base, space = search_space.parse(recipe, texts)
    size = search_space.size(space)
    sampler = _known(sampler or ("tpe" if size is None else "grid"), SAMPLERS, "sampler")
    pruner = _known(pruner or ("none" if "epochs" in space else "halving"), PRUNERS, "pruner")
    _check_pruner(pruner, space)
    if not 1 <= seeds <= MOST_SEEDS:
        raise RecipeError(f"A sweep trains each trial with 1 to {MOST_SEEDS} seeds, not {seeds}.")
    count = _trials(sampler, space, size, trials)
    if count * seeds > MOST_RUNS:
        raise RecipeError(
            f"{count:,} trials with {seeds} {'seed' if seeds == 1 else 'seeds'} are {count * seeds:,} runs; expected "
            f"at most {MOST_RUNS:,}. Try fewer values or seeds, or the sampler random with fewer trials."
        )
    found = Plan(base, space, sampler, pruner, seeds, count)
    _check_recipes(found)
    return found


def _known(name: str, known: Mapping[str, str], kind: str) -> str:
    if name not in known:
        raise RecipeError(f"There is no {kind} {name[:40]!r}; expected one of {', '.join(known)}.")
    return name


def _check_pruner(pruner: str, space: Space) -> None:
    if pruner != "none" and "epochs" in space:
        raise RecipeError(
            "Trials of different numbers of epochs cannot be compared at the same epoch; take epochs out of the "
            "search space, or choose the pruner none."
        )


def _trials(sampler: str, space: Space, size: int | None, wanted: int | None) -> int:
    if wanted is not None and wanted < 1:
        raise RecipeError(f"A sweep has at least one trial, not {wanted}.")
    if sampler != "grid":
        count = TRIALS if wanted is None else wanted
        return count if size is None else min(count, size)
    if size is None:
        ranges = [name for name, each in space.items() if not isinstance(each, Values)]
        raise RecipeError(
            f"A grid needs values, and {ranges[0]} has a range; give values, or the sampler random or tpe."
        )
    if wanted not in (None, size):
        raise RecipeError(
            f"The grid has {size:,} trials, not {wanted:,}; leave the number out, or choose the sampler random or tpe."
        )
    return size


def _check_recipes(plan: Plan) -> None:
    """See that each combination can be trained: of drawn ones each end of the ranges, with each of the values."""
    try:
        dataset = library.find(plan.recipe.data)
    except DatasetError as error:
        raise RecipeError(str(error)) from None
    held_out = plan.recipe.validation_split * images_used(plan.recipe, dataset.training_images)
    if math.floor(held_out) < 1:
        raise RecipeError(
            f"A sweep needs validation images, and a split of {plan.recipe.validation_split:g} holds none out of "
            f"{images_used(plan.recipe, dataset.training_images):,}; give a larger validation split."
        )
    ends = {
        name: each.values if isinstance(each, Values) else (each.low, each.high)
        for name, each in plan.space.items()
    }
    person = acting.person()
    for values in itertools.islice(itertools.product(*ends.values()), MOST_RUNS):
        trial = plan.recipe.changed(**dict(zip(ends, values, strict=True)))
        creation.check_network(trial, dataset)
        allowance.check(trial, person)


def _most_epochs(recipe: Recipe, space: Space) -> int:
    epochs = space.get("epochs")
    if epochs is None:
        return recipe.epochs
    return max(epochs.values) if isinstance(epochs, Values) else int(epochs.high)
