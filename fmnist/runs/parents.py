"""What a training depends on: other runs, and the splits that may validate beside them."""

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np

from fmnist.augmentation.augment import GARMENTS_ONLY
from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.recipes.recipe import Recipe

from . import listing, splits
from .files import RunError
from .run import Run
from .splits import Split
from .states import USABLE


@dataclasses.dataclass(frozen=True)
class Parents:
    """The data set and the runs that a recipe depends on, found by `resolve`, and the splits that follow."""

    recipe: Recipe
    dataset: DataSet
    ensemble_member: Run | None
    teachers: list[Run]
    pretrained: Run | None  # the run whose weights the training starts with

    @functools.cached_property
    def splits(self) -> list[Split]:
        """The splits of the training, each of what the one before left for training.

        An accuracy on images that a teacher or the pretrained weights were trained on would be too
        high: a split that holds any of them out has no validation images.
        """
        learned_from = [*self.teachers, *([self.pretrained] if self.pretrained else [])]
        drawn = splits.draw(self.recipe, self.dataset.training_images)
        return [_unseen_by(learned_from, split, self.dataset) for split in drawn]

    def split_of_ensemble(self, number: int) -> Split:
        """A split for the finished model, whose ensemble member may have seen validation images, too."""
        members = [self.ensemble_member] if self.ensemble_member else []
        return _unseen_by(members, self.splits[number], self.dataset)


def resolve(recipe: Recipe, dataset: DataSet | None = None) -> Parents:
    """Find all that a recipe depends on: better missed before a training than hours later.

    Args:
        recipe: what is to be trained.
        dataset: the data set, as a run keeps it; without one, the one that has the recipe's name for it now.

    Raises:
        RunError: the data set or a run is missing, a run has no trained model or does not fit, in one
            sentence; or the recipe is that of an imported model.
    """
    if recipe.imported:
        raise RunError("A model that came in a file cannot be trained here; train a recipe.")
    dataset = _dataset(recipe, dataset)
    _check_augmentation(recipe, dataset)
    member = recipe.ensemble_member
    return Parents(
        recipe,
        dataset,
        _predicting(member, f"the ensemble member of {recipe.name}", dataset) if member else None,
        [_teacher(name, recipe, dataset) for name in recipe.teachers],
        _pretrained(recipe.pretrained, recipe, dataset) if recipe.pretrained else None,
    )


def ancestors(run: Run) -> list[Run]:
    """The run, its parents, their parents and so on, each once.

    Raises:
        RunError: one of them is gone or broken.
    """
    found, names = {run.name: run}, list(run.recipe.others)
    while names:
        # A name may be given again, to a run that itself descends from the first of that name.
        if (name := names.pop()) not in found:
            found[name] = listing.find(name)
            names += found[name].recipe.others
    return list(found.values())


def _dataset(recipe: Recipe, kept: DataSet | None) -> DataSet:
    try:
        if kept:
            library.check(kept)
        return kept or library.find(recipe.data)
    except DatasetError as error:
        raise RunError(str(error)) from None


def _check_augmentation(recipe: Recipe, dataset: DataSet) -> None:
    """See that no augmentation is made for other images.

    Raises:
        RunError: one is.
    """
    garments = fashion_mnist.DATASET
    unsuitable = [name for name in recipe.augmentation if name in GARMENTS_ONLY]
    if unsuitable and not dataset.is_like(garments):
        raise RunError(
            f"The augmentation {unsuitable[0]} is made for garments; {dataset.name} has other classes or images than "
            f"{garments.name} ({garments.form}). Leave it out of the augmentation."
        )


def _teacher(name: str, recipe: Recipe, dataset: DataSet) -> Run:
    run = _predicting(name, f"a teacher of {recipe.name}", dataset)
    if not run.complete:
        raise RunError(
            f"{name}, a teacher of {recipe.name}, has no model.tflite yet; "
            f"`python -m fmnist complete {name}` makes it."
        )
    return run


def keeps_kernels(kind: str, parameters: int) -> bool:
    """Whether a layer of that type is one of those that can be frozen: its normalisation is frozen with it."""
    return parameters > 0 and "Normalization" not in kind


def _pretrained(name: str, recipe: Recipe, dataset: DataSet) -> Run:
    run = _trained(name, f"whose weights {recipe.name} starts with")
    if not recipe.has_network_of(run.recipe):
        alike = "layers" if recipe.layers and run.recipe.layers else "architecture"
        theirs, ours = (
            ", ".join(each.layers) if alike == "layers" else each.architecture
            for each in (run.recipe, recipe)
        )
        raise RunError(
            f"{name} has the {alike} {theirs}; only a run with the {alike} {ours} has weights that {recipe.name} can "
            "start with."
        )
    layers = run.result["layers"] if run.result else []
    count = sum(keeps_kernels(layer["type"], layer["parameters"]) for layer in layers)
    if recipe.frozen_layers >= max(count, 1):
        raise RunError(
            f"{name} has {count} convolutions and dense layers; at most {count - 1} of them can be frozen, not "
            f"{recipe.frozen_layers}, as the last one must learn."
        )
    if recipe.replay:
        _check_replay(run, dataset)
    return run


def _check_replay(run: Run, dataset: DataSet) -> None:
    """See that the data set of a run can be mixed into another one.

    Raises:
        RunError: it is the same one, is gone, or has other classes or images.
    """
    own = run.dataset
    if _has_images_of(own, dataset):
        raise RunError(
            f"Replay mixes in the images of {own.name}, on which {run.name} was trained, but those of {dataset.name} "
            "are the same; set it to 0, or train on another data set."
        )
    if own.form != dataset.form or not set(own.class_names) <= set(dataset.class_names):
        raise RunError(
            f"Replay needs all classes of {own.name} ({own.form}), the data set of {run.name}, in {dataset.name} "
            f"({dataset.form}), and images of the same form; set it to 0."
        )
    try:
        library.check(own)
    except DatasetError as error:
        raise RunError(str(error)) from None


def _predicting(name: str, role: str, dataset: DataSet) -> Run:
    """A run whose predictions are used for the images of that data set."""
    run = _trained(name, role)
    own = run.dataset
    if not own.is_like(dataset):
        raise RunError(
            f"{name}, {role}, was trained on {own.name} ({own.classes} classes, {own.form}); expected one that "
            f"predicts the classes of {dataset.name} for its images ({dataset.form})."
        )
    return run


def _trained(name: str, role: str) -> Run:
    run = listing.find(name)
    if run.state not in USABLE or run.result is None:  # it may have been stopped before it began
        raise RunError(f"{name}, {role}, has no trained model.")
    return run


def _unseen_by(runs: Iterable[Run], split: Split, dataset: DataSet) -> Split:
    """The split; without validation images, if one of the runs was trained on some of them."""
    if any(np.isin(split.validation, _seen_by(run, dataset)).any() for run in runs):
        return split._replace(validation=split.validation[:0])
    return split


def _seen_by(run: Run, dataset: DataSet) -> np.ndarray:
    """Indices of the data set's training images that a run and its ancestors were trained on.

    They may be all, if an ancestor is gone. Of another data set they are none, unless its images are the same and
    only labels differ.
    """
    try:
        recipes = [each.recipe for each in ancestors(run) if _has_images_of(each.dataset, dataset)]
    except RunError:
        return np.arange(dataset.training_images)
    drawn = [splits.draw(recipe, dataset.training_images) for recipe in recipes]
    indices = [split.training for each in drawn for split in each]
    return np.unique(np.concatenate(indices)) if indices else np.arange(0)


def _has_images_of(one: DataSet, other: DataSet) -> bool:
    """Whether two data sets have the same images, even if one has corrected labels."""
    return _with_images(one).digest == _with_images(other).digest


def _with_images(dataset: DataSet) -> DataSet:
    return _with_images(dataset.base) if dataset.base else dataset
