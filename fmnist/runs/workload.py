"""How long a training takes by this machine's speed: its network's work, and what is done beside it."""

import functools
from contextlib import suppress

from fmnist import machine
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.networks import layer_list, work
from fmnist.networks.layer_kinds import NetworkError
from fmnist.networks.work import Counts
from fmnist.recipes.recipe import COMPOSED, Recipe

from . import listing
from .files import RunError
from .speed import Speed
from .splits import images_used

FORWARD = 1 / 3  # of the time of training on an image: predicting it


def training(recipe: Recipe, dataset: DataSet, speed: Speed) -> float | None:
    """Seconds of all epochs; None where nothing is known of the network, a teacher or the precision."""
    step, look = _step(recipe, dataset, speed), _look(recipe, dataset, speed)
    beside = [_look_of(name, dataset, speed) for name in recipe.teachers]
    if step is None or look is None or None in beside:
        return None
    made = _augmentation(recipe, dataset, speed)
    # A thread makes the next batches on one core, while all cores train.
    each = max(step + made / machine.cores(), made) + sum(filter(None, beside))
    held_out = recipe.validation_split
    image = (1 - held_out) * each + held_out * look
    return sum(recipe.splits) * images_used(recipe, dataset.training_images) * image


def evaluation(recipe: Recipe, dataset: DataSet, speed: Speed) -> float:
    """Seconds after the last epoch, for the predictions of all images; 0 where nothing is known of the network."""
    look = _look(recipe, dataset, speed) or 0.0
    if recipe.ensemble_member:
        look += _look_of(recipe.ensemble_member, dataset, speed) or 0.0
    return look * (images_used(recipe, dataset.training_images) + dataset.test_images)


@functools.cache
def _shipped() -> dict[str, Counts]:
    """Of each architecture that a run which ships has trained, by its table of layers."""
    found = {}
    for run in listing.list_runs():
        if run.shipped:
            with suppress(RunError):
                if result := run.result:
                    found[run.recipe.architecture] = work.of_layers(result["layers"])
    return found


def _augmentation(recipe: Recipe, dataset: DataSet, speed: Speed) -> float:
    """Seconds of one core for an image."""
    names = (*recipe.augmentation, *([recipe.mix] if recipe.mix else []))
    return sum(speed.augmentations.get(name, 0.0) for name in names) * _larger(dataset)


def _step(recipe: Recipe, dataset: DataSet, speed: Speed) -> float | None:
    """Seconds of training on an image."""
    counts = _counts(recipe, dataset)
    if counts is None or recipe.precision not in ("auto", speed.precision):
        return None
    return speed.seconds.times(counts.work(recipe.batch_size, recipe.optimizer))


def _look(recipe: Recipe, dataset: DataSet, speed: Speed) -> float | None:
    """Seconds of predicting an image."""
    step = _step(recipe, dataset, speed)
    return None if step is None else step * FORWARD * (2 if recipe.flip_tta else 1)


def _look_of(run: str, dataset: DataSet, speed: Speed) -> float | None:
    """Seconds of a trained run for predicting an image, with its ensemble member."""
    with suppress(RunError):  # there is no such run: Start says that
        recipe = listing.find(run).recipe
        own = _look(recipe, dataset, speed)
        if own is None or not recipe.ensemble_member:
            return own
        member = _look_of(recipe.ensemble_member, dataset, speed)
        return member and own + member
    return None


def _counts(recipe: Recipe, dataset: DataSet) -> Counts | None:
    """What a network takes for an image of the data set."""
    if recipe.architecture == COMPOSED:
        with suppress(NetworkError):
            layers = [layer_list.read(text) for text in recipe.layers]
            return work.of_layers(layer_list.plan(layers, dataset.form.shape, dataset.classes).rows)
        return None
    known = _shipped().get(recipe.architecture) or work.UNSHIPPED.get(recipe.architecture)
    return known and known.larger(_larger(dataset))


def _larger(dataset: DataSet) -> float:
    """How many times as many pixels as Fashion-MNIST's an image has."""
    return dataset.form.side**2 / fashion_mnist.DATASET.form.side**2
