"""Whether a recipe suits a data set: the runs that it is trained with, and augmentation made for garments."""

import contextlib
import dataclasses

from fmnist.augmentation.augment import GARMENTS_ONLY
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.recipes.recipe import Recipe

from . import listing
from .files import RunError


def fitting(recipe: Recipe, dataset: DataSet) -> Recipe:
    """The recipe for that data set, without what suits another one alone.

    Teachers and an ensemble member must predict its classes for its images, pretrained weights must be of
    images of its form, and some augmentation is made for garments. A run that is gone stays: who resolves the
    recipe reports it.
    """
    garments = alike(fashion_mnist.DATASET, dataset)
    member, pretrained = recipe.ensemble_member, recipe.pretrained
    return dataclasses.replace(
        recipe,
        augmentation=tuple(
            name for name in recipe.augmentation if garments or name not in GARMENTS_ONLY
        ),
        teachers=tuple(name for name in recipe.teachers if _predicts(name, dataset)),
        ensemble_member=member if member and _predicts(member, dataset) else None,
        pretrained=pretrained if pretrained and _has_form(pretrained, dataset) else None,
    )


def alike(one: DataSet, other: DataSet) -> bool:
    """Whether they have the same classes and form, so that a network for one predicts for the other."""
    return (one.class_names, one.form) == (other.class_names, other.form)


def _predicts(name: str, dataset: DataSet) -> bool:
    own = _dataset(name)
    return own is None or alike(own, dataset)


def _has_form(name: str, dataset: DataSet) -> bool:
    own = _dataset(name)
    return own is None or own.form == dataset.form


def _dataset(name: str) -> DataSet | None:
    with contextlib.suppress(RunError):
        return listing.find(name).dataset
    return None
