"""Which training pictures a recipe learns from, and which are held out to validate it."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from fmnist.recipes.recipe import TRAINING_IMAGES, Recipe

from . import listing
from .files import RunError


class Split(NamedTuple):
    """Indices into the training pictures."""

    training: np.ndarray
    validation: np.ndarray


def splits_of(recipe: Recipe) -> list[Split]:
    """The splits of a training, each taken from what the last one left for training.

    What a network, or one that it learned from, knows by heart tells nothing of how good it is: where
    that is so of any of the pictures to be held out, none validates.
    """
    others = [*recipe.teachers, recipe.pretrained] if recipe.pretrained else recipe.teachers
    return [without_known(split, others) for split in _drawn(recipe)]


def without_known(split: Split, names: Iterable[str]) -> Split:
    """Without validation pictures, if any of the runs of those names has learned from some of them."""
    known = [_known_to(name) for name in names]
    if any(np.isin(split.validation, pictures).any() for pictures in known):
        return split._replace(validation=split.validation[:0])
    return split


def _drawn(recipe: Recipe) -> list[Split]:
    rng = np.random.default_rng(recipe.seed)
    left = np.arange(recipe.training_images)
    splits = []
    for _ in recipe.splits:
        left = rng.permutation(left)
        held_out = math.floor(len(left) * recipe.validation_split)
        splits.append(Split(left[held_out:], left[:held_out]))
        left = left[held_out:]
    return splits


def _known_to(name: str, asked: frozenset[str] = frozenset()) -> np.ndarray:
    """What a run has learned from, and those it learned from; perhaps all, if one of them is gone."""
    try:
        recipe = listing.find(name).recipe
    except RunError:
        return np.arange(TRAINING_IMAGES)
    asked |= {name}  # a name can be given anew, to a run that learned from the one it is asked for
    own = [split.training for split in _drawn(recipe)]
    others = [_known_to(other, asked) for other in {*recipe.others} - asked]
    return np.unique(np.concatenate([*own, *others]))
