"""What a sweep will do, before it starts."""

import pytest

from fmnist.recipes import registry
from fmnist.recipes.fields import RecipeError
from fmnist.runs import sweep_plan
from fmnist.runs.sweep_plan import plan

TINY = registry.find("tiny")
GRID = {"learning_rate": "0.01,0.1", "epochs": "3,5"}


def test_a_grid_trains_each_combination_with_each_seed() -> None:
    found = plan(TINY, GRID, seeds=3)
    assert (found.sampler, found.trials, found.runs, found.epochs) == ("grid", 4, 12, 3 * 16)


def test_a_range_is_searched_by_tpe_in_as_many_trials_as_wanted() -> None:
    found = plan(TINY, {"learning_rate": "0.001..0.1", "epochs": "4"}, trials=7)
    assert (found.sampler, found.trials, found.epochs) == ("tpe", 7, 28)
    assert plan(TINY, {"learning_rate": "0.001..0.1"}).trials == sweep_plan.TRIALS


def test_drawing_has_no_more_trials_than_there_are_combinations() -> None:
    assert plan(TINY, GRID, sampler="random", trials=50).trials == 4


def test_trials_of_different_lengths_are_not_pruned() -> None:
    assert plan(TINY, GRID).pruner == "none"
    assert plan(TINY, {"learning_rate": "0.01,0.1"}).pruner == "halving"
    with pytest.raises(RecipeError, match="same epoch"):
        plan(TINY, GRID, pruner="median")


def test_it_costs_at_most_as_long_as_all_runs_one_after_the_other() -> None:
    sprint = registry.find("sprint")
    once, thrice = plan(sprint, GRID).estimate, plan(sprint, GRID, seeds=3).estimate
    assert once
    assert thrice
    assert thrice.seconds == pytest.approx(3 * once.seconds)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"seeds": 0}, "1 to 100 seeds"),
        ({"seeds": 101}, "1 to 100 seeds"),
        ({"sampler": "best"}, "grid, random, tpe"),
        ({"pruner": "best"}, "halving, median, none"),
        ({"trials": 0}, "at least one"),
        ({"trials": 3}, "4 trials"),
        ({"texts": {"learning_rate": "0.01..0.1"}, "sampler": "grid"}, "range"),
        ({"texts": {"learning_rate": "0.01..0.1"}, "trials": 500, "seeds": 3}, "1,500 runs"),
        ({"texts": {**GRID, "training_images": "100", "validation_split": "0.005"}}, "holds none"),
        ({"texts": {**GRID, "data": "gone"}}, "gone"),
        ({"texts": {"batch_size": ",".join(str(n) for n in range(1, 101)), "epochs": "1,2,3,4,5,6,7,8,9,10,11"}}, "1,100 runs"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(options: dict, says: str) -> None:  # type: ignore[type-arg]
    texts = options.pop("texts", GRID)
    with pytest.raises(RecipeError, match=says):
        plan(TINY, texts, **options)
