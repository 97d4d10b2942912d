"""Further training: what a network takes from its parent, what it is shown of the parent's data, how well both do.

The parent is a finished run of the same architecture, on the same or another data set, of the same or another form.
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import numpy as np

from fmnist import machine
from fmnist.analysis import metrics
from fmnist.data.dataset import Arrays, DataSet, DatasetError
from fmnist.inference import classifier
from fmnist.runs.fields import Result, Scores
from fmnist.runs.files import RunError
from fmnist.runs.parents import keeps_kernels
from fmnist.runs.run import Run
from fmnist.runs.splits import images_used

from . import export
from .progress import Weights

Predict = Callable[[np.ndarray], np.ndarray]  # (N, *shape) uint8 -> (N, C) float32


class Start(NamedTuple):
    """What a network began with."""

    weights: list[Weights]  # of each of its layers
    new: list[str]  # names of the layers that are new, whole or in part


class Pretrained(NamedTuple):
    """A parent and its data, both read before the training: what is open stays usable when it is removed."""

    run: Run
    training: Arrays | None  # what it learned from, with the new labels; None unless it is mixed in
    test: Arrays | None  # None where its data set is gone


def read(parent: Run, dataset: DataSet, replay: bool) -> Pretrained:
    """The parent with its data.

    Args:
        parent: a finished run.
        dataset: what is trained on; of all the parent's classes, if its images are mixed in.
        replay: whether they are.

    Raises:
        DatasetError: they are gone.
    """
    old, training, test = parent.dataset, None, None
    if replay:
        images, labels = (
            array[: images_used(parent.recipe, old.training_images)] for array in old.load("train")
        )
        places = [dataset.class_names.index(name) for name in old.class_names]
        training = images, np.array(places, np.uint8)[labels]
    with contextlib.suppress(DatasetError):
        test = old.load("test")
    return Pretrained(parent, training, test)


def transfer(model: keras.Model, parent: Run, dataset: DataSet) -> Start:
    """Give a new network the parent's weights where they fit.

    A layer fits if its weights have the same shapes. The first convolution of a network for colour images takes the
    kernels of one for grey images, a third of them for each colour, and one for grey images takes the sum over the
    colours: for what is grey the output is the same. The last layer takes the weights of the classes that both have.

    Args:
        model: new; its weights are changed.
        parent: a finished run.
        dataset: what the network is for.

    Raises:
        RunError: the parent's network has other layers, or its result cannot be read.
    """
    old, new = uncalibrated(parent), []
    if len(old.layers) != len(model.layers):
        raise RunError(
            f"{parent.name} has {len(old.layers)} layers and the architecture now {len(model.layers)}; train a "
            "run of the architecture as it is now first."
        )
    for layer, its in zip(model.layers, old.layers, strict=True):
        own, theirs = layer.get_weights(), its.get_weights()
        if layer is model.layers[-1]:
            theirs, fits = _of_classes(own, theirs, parent.dataset.class_names, dataset.class_names)
        else:
            theirs = _of_channels(own, theirs)
            fits = [array.shape for array in own] == [array.shape for array in theirs]
            theirs = theirs if fits else own
        layer.set_weights(theirs)
        new += [] if fits else [layer.name]
    return Start([layer.get_weights() for layer in model.layers], new)


def _of_channels(own: Weights, theirs: Weights) -> Weights:
    """A convolution's kernels for grey instead of colour images, or the other way round; else as they are."""
    if len(own) != len(theirs) or not own or own[0].ndim != 4 or theirs[0].ndim != 4:
        return theirs
    match theirs[0].shape[2], own[0].shape[2]:
        case 1, 3:
            return [np.repeat(theirs[0] / 3, 3, axis=2), *theirs[1:]]
        case 3, 1:
            return [theirs[0].sum(axis=2, keepdims=True), *theirs[1:]]
    return theirs


def _of_classes(
    own: Weights, theirs: Weights, old: Sequence[str], new: Sequence[str]
) -> tuple[Weights, bool]:
    """The last layer's weights, those of common classes taken over; and whether they are all."""
    if own[0].shape[0] != theirs[0].shape[0]:  # it sees another number of features
        return own, False
    common = {label: old.index(name) for label, name in enumerate(new) if name in old}
    for array, other in zip(own, theirs, strict=True):
        array[..., list(common)] = other[..., list(common.values())]
    return own, len(common) == len(new)


def uncalibrated(run: Run) -> keras.Model:
    """A run's network without ensemble and test-time augmentation, as it was before calibration.

    Raises:
        RunError: its result cannot be read.
    """
    network = export.core(keras.saving.load_model(run.path / "model.keras"))
    if result := run.result:
        export.scale_logits(network, result.get("temperature", 1))
    return network


def freeze(model: keras.Model, count: int) -> list[keras.layers.Layer]:
    """Let the first `count` convolutions and dense layers keep their weights, with what normalises them; none for 0.

    Returns:
        The layers that learned until now, for `unfreeze`.
    """
    frozen: list[keras.layers.Layer] = []
    if not count:
        return frozen
    for layer in model.layers:
        count -= keeps_kernels(type(layer).__name__, layer.count_params())
        if count >= 0 and layer.trainable:
            layer.trainable = False
            frozen.append(layer)
    return frozen


def unfreeze(frozen: list[keras.layers.Layer]) -> None:
    """Let these layers learn again."""
    for layer in frozen:
        layer.trainable = True


def interpolate(model: keras.Model, start: Start, share: float) -> None:
    """Move a network's weights towards those it began with: the mean of both, with that share of those.

    Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv 2109.01903: the mean keeps most of what both
    have learned, as there is no barrier between a network and what it is fine-tuned to. Layers that were new stay.

    Args:
        model: the fine-tuned network, which is changed.
        start: what it began with.
        share: 0 to 1.
    """
    for layer, before in zip(model.layers, start.weights, strict=True):
        if layer.name not in start.new:
            both = zip(layer.get_weights(), before, strict=True)
            layer.set_weights([(1 - share) * now + share * then for now, then in both])


def with_replay(new: Arrays, old: Arrays, share: float, rng: np.random.Generator) -> Arrays:
    """The images of an epoch: the new ones, and so many old ones that they are that share of all.

    Args:
        new: (N, *shape) uint8 images with (N,) uint8 labels.
        old: the same of the parent's data set; each comes twice only after all came once.
        share: 0 to below 1.
        rng: draws the old ones.
    """
    count = round(len(new[0]) * share / (1 - share))
    times = -(-count // len(old[0]))
    drawn = np.concatenate([rng.permutation(len(old[0])) for _ in range(times)])[:count]
    drawn.sort()  # the batches are shuffled anyway, and a file is read from its beginning to its end
    images, labels = (
        np.concatenate([own, theirs[drawn]]) for own, theirs in zip(new, old, strict=True)
    )
    return images, labels


def compared(
    pretrained: Pretrained, run: Run, predict: Predict, test: Arrays, result: Result
) -> dict[str, dict[str, Scores]]:
    """Accuracy and loss on the parent's test set and on the run's own, of the parent and of the finished run.

    Args:
        pretrained: the parent, its result being that of its own test set.
        run: what was trained.
        predict: its finished model.
        test: the test images and labels of its data set.
        result: has its figures on them.

    Returns:
        "before", of the parent, and "after", by the data sets' names; what cannot be measured is left out: a
        model cannot predict classes that it does not know, or images of another form.
    """
    parent, old, new = pretrained.run, pretrained.run.dataset, run.dataset
    before, after = {}, {new.name: _figures(result)}
    if found := parent.result:
        before[old.name] = _figures(found)
    if old.digest == new.digest:
        return {"before": before, "after": after}
    if parent.complete and can_predict(old, new):
        model = classifier.load_quietly(parent.path, threads=machine.cores())
        before[new.name] = _scores(model.probabilities, old, new, test)
    if pretrained.test and can_predict(new, old):
        after[old.name] = _scores(predict, new, old, pretrained.test)
    return {"before": before, "after": after}


def can_predict(own: DataSet, other: DataSet) -> bool:
    """Whether a network for one data set can be tested with another: same form, and no class that it lacks."""
    return own.form == other.form and set(other.class_names) <= set(own.class_names)


def _scores(predict: Predict, own: DataSet, other: DataSet, test: Arrays) -> Scores:
    """Of a network for one data set, on the test set of another."""
    images, labels = test
    places = np.array([own.class_names.index(name) for name in other.class_names])
    found = metrics.scores("", predict(images), places[labels])
    return Scores(accuracy=found["accuracy"], loss=found["loss"])


def _figures(result: Result) -> Scores:
    return Scores(accuracy=result["test_accuracy"], loss=result["test_loss"])
