"""Which training pictures a recipe learns from, and which are held out to validate it."""

import itertools
import shutil

import pytest

from fmnist.recipes import registry
from fmnist.runs import creation, manage
from fmnist.runs.run import Run
from fmnist.runs.splits import splits_of
from fmnist.runs.writer import RunWriter

SMALL = registry.find("tiny").changed(training_images=600)


def begun(**settings) -> Run:
    """A run with those settings, which has not trained yet."""
    return creation.create(SMALL.changed(**settings))


def held_out(**settings) -> int:
    """How many pictures validate a training with those settings."""
    (split,) = splits_of(SMALL.changed(**settings))
    return len(split.validation)


def test_the_validation_pictures_are_held_out():
    (split,) = splits_of(registry.find("tiny"))
    assert len(split.validation) == 1_200
    assert sorted([*split.training, *split.validation]) == list(range(6_000))


def test_each_resplit_takes_its_validation_from_what_the_last_one_left_for_training():
    splits = splits_of(registry.find("dropout-cnn"))
    assert [len(split.validation) for split in splits] == [12_000, 9_600, 7_680, 6_144]
    for before, after in itertools.pairwise(splits):
        assert sorted([*after.training, *after.validation]) == sorted(before.training)


def test_the_split_follows_from_the_seed():
    ((same,), (other,), (again,)) = (splits_of(SMALL.changed(seed=seed)) for seed in (0, 1, 0))
    assert (same.validation == again.validation).all()
    assert (same.validation != other.validation).any()


@pytest.mark.parametrize("learns_from", ["pretrained", "teachers"])
def test_pictures_that_another_run_knows_validate_none_that_learns_from_it(home, learns_from):
    first = begun(seed=6)
    others = {learns_from: (first.name,) if learns_from == "teachers" else first.name}
    assert held_out(seed=6, **others) == 120
    assert held_out(seed=6, validation_split=0.1, **others) == 60
    assert held_out(seed=7, **others) == 0


def test_nor_do_those_that_are_known_to_what_that_one_learned_from(home):
    first = begun(seed=6)
    second = begun(seed=7, teachers=(first.name,))
    assert held_out(seed=7, pretrained=second.name) == 0


def test_of_a_run_that_is_gone_it_may_be_any(home):
    first = begun(seed=6)
    second = begun(seed=6, pretrained=first.name)
    assert held_out(seed=6, pretrained=second.name) == 120
    shutil.rmtree(first.path)
    assert held_out(seed=6, pretrained=second.name) == 0


def test_a_name_that_was_given_anew_leads_round_in_no_circle(home):
    first = begun(seed=6)
    second = begun(seed=6, pretrained=first.name)
    shutil.rmtree(first.path)
    third = begun(seed=6, pretrained=second.name)
    RunWriter(third).update_status(state="stopped")
    manage.rename(third, first.name)
    assert held_out(seed=6, pretrained=first.name) == 120
