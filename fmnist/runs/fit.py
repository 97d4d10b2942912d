"""A recipe and a data set: what of the recipe suits it, and what values it should have there."""

import contextlib
import dataclasses
import functools
import math
from typing import Any

from fmnist.analysis import symmetry
from fmnist.augmentation.augment import GARMENTS_ONLY
from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.recipes import settings
from fmnist.recipes.recipe import Recipe

from . import listing
from .files import RunError
from .run import Run
from .splits import images_used

# Augmentations that mirror images, and along which axis.
MIRRORS = {"flip": 2, "flip-vertical": 1}


def suited(recipe: Recipe, dataset: DataSet) -> Recipe:
    """The recipe for another data set: what nobody has changed of it has the values that suit that data set.

    Recipes are made for Fashion-MNIST. A set of fewer images has fewer steps an epoch, so that it gets more epochs,
    by the square root of the ratio: fewer steps in all than there, but enough to learn. Where mirrored images are of
    other classes, as digits are, images are shifted instead.
    """
    original = settings.base(recipe)
    if recipe.pretrained and recipe.pretrained != original.pretrained:
        original = settings.further(original, recipe.pretrained)
    changes = {}
    # Where its own data set is gone, nothing is known to be unchanged.
    with contextlib.suppress(DatasetError):
        before = _defaults(original, library.find(recipe.data))
        changes = {
            name: value
            for name, value in _defaults(original, dataset).items()
            if getattr(recipe, name) == before[name]
        }
    return fitting(dataclasses.replace(recipe, **changes, data=dataset.name), dataset)


def further(run: Run, dataset: DataSet) -> Recipe:
    """The settings of a training that starts with a run's weights on a data set: gentle, and short."""
    recipe = settings.further(run.recipe, run.name)
    epochs = settings.further(settings.base(recipe), run.name).epochs
    as_made = dataclasses.replace(recipe, epochs=epochs, data=fashion_mnist.DATASET.name)
    return suited(as_made, dataset)


def _defaults(recipe: Recipe, dataset: DataSet) -> dict[str, Any]:
    """The values of a recipe that depend on the data set."""
    made_for = images_used(recipe, fashion_mnist.DATASET.training_images)
    ratio = max(1, math.sqrt(made_for / max(1, images_used(recipe, dataset.training_images))))
    augmentation, keeps = list(recipe.augmentation), _kept_by_mirrors(dataset)
    for name in keeps:
        if name in augmentation and not keeps[name]:
            at = augmentation.index(name)
            augmentation[at : at + 1] = [] if "shift" in augmentation else ["shift"]
    return {
        "epochs": round(recipe.epochs * ratio),
        "resplit_epochs": tuple(round(epochs * ratio) for epochs in recipe.resplit_epochs),
        "augmentation": tuple(augmentation),
        "flip_tta": recipe.flip_tta and keeps["flip"],
    }


@functools.lru_cache(maxsize=64)
def _kept_by_mirrors(dataset: DataSet) -> dict[str, bool]:
    """Whether each of `MIRRORS` keeps the classes of the images; what cannot be read counts as kept."""
    if not dataset.is_like(fashion_mnist.DATASET):  # what the recipes are made for
        with contextlib.suppress(DatasetError):
            images, labels = dataset.load("train")
            return {
                name: symmetry.keeps_classes(images, labels, axis) for name, axis in MIRRORS.items()
            }
    return dict.fromkeys(MIRRORS, True)


def fitting(recipe: Recipe, dataset: DataSet) -> Recipe:
    """The recipe for that data set, without what suits another one alone.

    Teachers and an ensemble member must predict its classes for its images, and some augmentation is made for
    garments. A run that is gone stays: who resolves the recipe reports it.
    """
    garments = dataset.is_like(fashion_mnist.DATASET)
    member = recipe.ensemble_member
    return dataclasses.replace(
        recipe,
        augmentation=tuple(
            name for name in recipe.augmentation if garments or name not in GARMENTS_ONLY
        ),
        teachers=tuple(name for name in recipe.teachers if _predicts(name, dataset)),
        ensemble_member=member if member and _predicts(member, dataset) else None,
    )


def _predicts(name: str, dataset: DataSet) -> bool:
    own = _dataset(name)
    return own is None or own.is_like(dataset)


def _dataset(name: str) -> DataSet | None:
    with contextlib.suppress(RunError):
        return listing.find(name).dataset
    return None
