"""Which settings are tried."""

import pytest

from fmnist.jobs.sweep.study import Study, step_after

GRID = {"learning_rate": "0.01,0.1", "augmentation": "flip|none|flip,shift"}


def all_of(study: Study) -> list[dict]:
    """The settings of all trials that there can be, each of which ends at once."""
    found = []
    while (number := study.next()) is not None:
        found.append(study.settings(number))
        study.finish(number, 0.5)
    return found


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_each_combination_is_tried_once(make_sweep, sampler):
    found = all_of(Study(make_sweep(GRID, sampler=sampler)))
    assert len(found) == 6
    assert all(found.count(each) == 1 for each in found)
    assert {each["augmentation"] for each in found} == {("flip",), (), ("flip", "shift")}


def test_ranges_are_drawn_from_within_their_ends(make_sweep):
    texts = {"learning_rate": "0.001..0.1", "batch_size": "32..64"}
    found = all_of(Study(make_sweep(texts, trials=12)))
    assert len(found) == 12
    assert all(0.001 <= each["learning_rate"] <= 0.1 for each in found)
    assert all(32 <= each["batch_size"] <= 64 for each in found)
    assert {type(each["batch_size"]) for each in found} == {int}


def test_a_range_with_few_numbers_ends_with_them(make_sweep):
    found = all_of(Study(make_sweep({"batch_size": "1..3"}, sampler="random")))
    assert sorted(each["batch_size"] for each in found) == [1, 2, 3]


def test_a_study_opened_again_draws_something_else(make_sweep):
    sweep = make_sweep({"learning_rate": "0.001..0.1"}, sampler="random", trials=4)
    drawn = []
    for _ in range(4):
        study = Study(sweep)
        drawn.append(study.settings(study.next() or 0)["learning_rate"])
    assert len(set(drawn)) == 4


def test_runs_are_compared_after_each_eighth_of_their_epochs():
    assert [step_after(epoch, 8) for epoch in (1, 3, 8)] == [1, 3, 8]
    assert [step_after(epoch, 50) for epoch in (6, 7, 50)] == [0, 1, 8]
    assert [step_after(epoch, 3) for epoch in (1, 2, 3)] == [2, 5, 8]


@pytest.mark.parametrize(("schedule", "first_look"), [("constant", 1), ("one-cycle", 2)])
def test_one_cycle_is_not_pruned_before_the_peak_of_its_rate(make_sweep, schedule, first_look):
    study = Study(make_sweep({"learning_rate": "0.01,0.1", "schedule": schedule}))
    good, bad = study.next(), study.next()
    assert not any(study.should_prune(good, step, 0.9) for step in range(1, 5))
    pruned = [step for step in range(1, 5) if study.should_prune(bad, step, 0.1)]
    assert pruned[0] == first_look


def test_the_median_prunes_who_is_below_it_after_a_third(make_sweep):
    study = Study(make_sweep({"learning_rate": "1,2,3,4,5"}, pruner="median"))
    for accuracy in (0.5, 0.6, 0.7, 0.8):
        number = study.next()
        assert not any(study.should_prune(number, step, accuracy) for step in range(1, 9))
        study.finish(number, accuracy)
    number = study.next()
    assert [study.should_prune(number, step, 0.55) for step in (1, 2, 3)] == [False, False, True]
