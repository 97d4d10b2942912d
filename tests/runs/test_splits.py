"""Which training images a recipe learns from, and which are held out to validate it."""

import itertools

from fmnist.recipes import registry
from fmnist.runs.splits import draw

SMALL = registry.find("tiny").changed(training_images=600)


def test_the_validation_images_are_held_out():
    (split,) = draw(registry.find("tiny"), 60_000)
    assert len(split.validation) == 1_200
    assert sorted([*split.training, *split.validation]) == list(range(6_000))


def test_each_resplit_takes_its_validation_from_what_the_last_one_left_for_training():
    splits = draw(registry.find("dropout-cnn"), 60_000)
    assert [len(split.validation) for split in splits] == [12_000, 9_600, 7_680, 6_144]
    for before, after in itertools.pairwise(splits):
        assert sorted([*after.training, *after.validation]) == sorted(before.training)


def test_the_split_follows_from_the_seed():
    ((same,), (other,), (again,)) = (draw(SMALL.changed(seed=seed), 60_000) for seed in (0, 1, 0))
    assert (same.validation == again.validation).all()
    assert (same.validation != other.validation).any()
