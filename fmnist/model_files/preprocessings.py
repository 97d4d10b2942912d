"""The usual preprocessings of pixels, and which of them a given network was trained with.

A saved model rarely records its preprocessing. All usual ones are therefore tried on some training
images, and the one with the highest accuracy is chosen.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist

MEAN, DEVIATION = 72.94, 90.02  # of all pixels of the training images
# Training images for each preprocessing in the first round; in the second; how many reach the second.
TRIED, COMPARED, FINALISTS = 200, 1_000, 4
SURE = 0.05  # p-value of McNemar's test below which two preprocessings differ
SUSPECT = 0.5  # training accuracy below which transposition and other class orders are tried
CLEAR = 0.2  # gain in accuracy needed to choose transposed images or another class order

Score = Callable[[np.ndarray, np.ndarray], float]  # of predicted classes and labels
Function = Callable[[Any, Any], Any]  # of pixels and `numpy` or `keras.ops`, both of which it takes


def _unit_length(axis: int | tuple[int, ...]) -> Function:
    """Divides by the Euclidean length along an axis, like `keras.utils.normalize`."""

    def divided(pixels: Any, ops: Any) -> Any:
        length = ops.sqrt(ops.sum(pixels * pixels, axis=axis, keepdims=True))
        return pixels / ops.where(length > 0, length, ops.ones_like(length))

    return divided


def _standardised_image(pixels: Any, ops: Any) -> Any:
    """Like `tf.image.per_image_standardization`: the deviation is at least 1 / sqrt(784)."""
    mean = ops.mean(pixels, axis=(1, 2), keepdims=True)
    deviation = ops.std(pixels, axis=(1, 2), keepdims=True)
    return (pixels - mean) / ops.maximum(deviation, 1 / 28)


def _standardised_pixels(pixels: Any, ops: Any) -> Any:
    """Like scikit-learn's `StandardScaler`, which scales each of the 784 pixels separately."""
    mean, deviation = pixel_statistics()
    return (pixels - mean) / deviation


# Pixels are (N, 28, 28) from 0, black, to 255. If two preprocessings tie, the first is chosen.
BASES: dict[str, tuple[str, Function]] = {
    "0-255": ("pixels from 0 to 255", lambda pixels, ops: pixels * 1.0),
    "0-1": ("pixels / 255", lambda pixels, ops: pixels / 255.0),
    "minus1-1": ("pixels / 127.5 - 1", lambda pixels, ops: pixels / 127.5 - 1.0),
    "mean-std": (
        "(pixels - mean) / standard deviation, both of all training pixels",
        lambda pixels, ops: (pixels - MEAN) / DEVIATION,
    ),
    "mean": (
        "(pixels - mean of all training pixels) / 255",
        lambda pixels, ops: (pixels - MEAN) / 255.0,
    ),
    "pixel-mean-std": (
        "(pixels - mean) / standard deviation, both of each pixel over the training images",
        _standardised_pixels,
    ),
    "twice-255": ("pixels / 255 / 255", lambda pixels, ops: pixels / 65025.0),
    "rows": ("each row / its length (keras.utils.normalize, axis 2)", _unit_length(2)),
    "columns": ("each column / its length (keras.utils.normalize, axis 1)", _unit_length(1)),
    "image-length": ("each image / its length", _unit_length((1, 2))),
    "image-mean-std": (
        "(pixels - mean) / standard deviation, both of each image",
        _standardised_image,
    ),
}
CENTRED = ("mean-std", "mean", "pixel-mean-std")  # inverted images: by the mean of those
INVERTED, TRANSPOSED = "inverted-", "transposed-"
USUAL = (*BASES, *(INVERTED + name for name in BASES))
NAMES = (*USUAL, *(TRANSPOSED + name for name in USUAL))
OWN = "0-255"  # of every network of this project, where scaling is a layer


class Found(NamedTuple):
    """The preprocessing with the highest accuracy, and how clearly it stands out."""

    name: str
    accuracy: float  # on `COMPARED` training images
    second: str  # the next best
    second_accuracy: float
    equal: bool  # whether the two do not differ significantly
    # The class that each output seems to stand for, where not its own, and the accuracy with it.
    order: tuple[int, ...] | None = None
    reordered_accuracy: float | None = None


def apply(name: str, images: Any, ops: Any = np) -> Any:
    """Preprocess images.

    Args:
        name: one of `NAMES`.
        images: (N, 28, 28) uint8 or float32, 0 to 255; or a Keras tensor.
        ops: `keras.ops` for a Keras tensor.

    Returns:
        (N, 28, 28) float32.
    """
    pixels = images.astype(np.float32) if ops is np else images
    turned, inverted, base = _parts(name)
    function = BASES[base][1]
    if inverted and base in CENTRED:
        pixels = -function(pixels, ops)
    else:
        pixels = function(255.0 - pixels if inverted else pixels, ops)
    if turned:
        pixels = ops.transpose(pixels, (0, 2, 1))
    return pixels.astype(np.float32) if ops is np else pixels


def in_words(name: str) -> str:
    """What a preprocessing does: "inverted: pixels / 255"."""
    turned, inverted, base = _parts(name)
    return f"{'transposed, ' * turned}{'inverted, ' * inverted}{BASES[base][0]}"


def _parts(name: str) -> tuple[bool, bool, str]:
    """Whether it transposes, whether it inverts, and the key of `BASES`."""
    rest = name.removeprefix(TRANSPOSED)
    base = rest.removeprefix(INVERTED)
    return rest != name, base != rest, base


def find(predict: Callable[[np.ndarray], np.ndarray]) -> Found:
    """Try all of `USUAL` on training images and choose by accuracy.

    Among those that do not differ significantly from the best (McNemar's test), the loss decides. If
    less than half of the images are classified correctly, transposed images and other orders of the
    classes are tried, too.

    Args:
        predict: the network; (N, 28, 28) float32, preprocessed -> (N, 10) probabilities.
    """
    images, labels = (array[:COMPARED] for array in fashion_mnist.load("train"))
    trial = _Trial(predict, images, labels)
    found = trial.best(USUAL, metrics.accuracy)
    if found.accuracy >= SUSPECT:
        return found
    turned = trial.best(NAMES[len(USUAL) :], metrics.accuracy)
    if turned.accuracy > found.accuracy + CLEAR:
        return turned
    order = trial.order(trial.best(USUAL, _reordered_accuracy).name)
    return trial.with_order(order) if order else found


class _Trial:
    """A network and the training images to try preprocessings on."""

    def __init__(
        self, predict: Callable[[np.ndarray], np.ndarray], images: np.ndarray, labels: np.ndarray
    ):
        self.predict, self.images, self.labels = predict, images, labels

    def best(self, names: tuple[str, ...], score: Score) -> Found:
        """The best and second best of some preprocessings by a score."""
        few = self._predictions(names, TRIED)
        ranked = sorted(names, key=lambda name: self._key(few[name], score), reverse=True)
        predictions = self._predictions(tuple(ranked[:FINALISTS]), COMPARED)
        ranked = sorted(
            predictions, key=lambda name: self._key(predictions[name], score), reverse=True
        )
        likely = [
            name for name in ranked if not self._differ(predictions[ranked[0]], predictions[name])
        ]
        first = max(likely, key=lambda name: self._key(predictions[name], score)[1])
        second = next(name for name in ranked if name != first)
        accuracies = [metrics.accuracy(predictions[name].argmax(1), self.labels) for name in ranked]
        accuracy = dict(zip(ranked, accuracies, strict=True))
        equal = not self._differ(predictions[first], predictions[second])
        return Found(first, accuracy[first], second, accuracy[second], equal)

    def order(self, name: str) -> tuple[int, ...] | None:
        """The order of the network's classes; None if it is the labels' order."""
        return order_of_classes(self._predictions((name,), COMPARED)[name].argmax(1), self.labels)

    def with_order(self, order: tuple[int, ...]) -> Found:
        """The best preprocessing if the outputs stand for classes in that order."""
        places = np.argsort(order)
        reordered = _Trial(lambda pixels: self.predict(pixels)[:, places], self.images, self.labels)
        found = reordered.best(USUAL, metrics.accuracy)
        as_it_is = self._predictions((found.name,), COMPARED)[found.name].argmax(1)
        return found._replace(
            accuracy=metrics.accuracy(as_it_is, self.labels),
            order=order,
            reordered_accuracy=found.accuracy,
        )

    def _predictions(self, names: tuple[str, ...], count: int) -> dict[str, np.ndarray]:
        """(count, 10) probabilities by the name of the preprocessing, all predicted in one call."""
        prepared = [apply(name, self.images[:count]) for name in names]
        parts = np.split(self.predict(np.concatenate(prepared)), len(names))
        return dict(zip(names, parts, strict=True))

    def _key(self, probabilities: np.ndarray, score: Score) -> tuple[float, float]:
        """The sort key: the score, then the negative loss (-inf if it is NaN)."""
        labels = self.labels[: len(probabilities)]
        loss = metrics.cross_entropy(probabilities, labels)
        return score(probabilities.argmax(1), labels), -loss if np.isfinite(loss) else -np.inf

    def _differ(self, one: np.ndarray, other: np.ndarray) -> bool:
        right = [predictions.argmax(1) == self.labels for predictions in (one, other)]
        only = [int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())]
        return metrics.mcnemar(*only) < SURE


def order_of_classes(predicted: np.ndarray, labels: np.ndarray) -> tuple[int, ...] | None:
    """The class that each output of a network seems to stand for.

    Args:
        predicted: (N,) the indices of the highest outputs.
        labels: (N,) true classes.

    Returns:
        Ten different classes, one for each output; None if the outputs are already in the labels'
        order, or if no other order makes the accuracy clearly higher.
    """
    matrix = metrics.confusion_matrix(labels, predicted, fashion_mnist.DATASET.classes)
    order = tuple(int(label) for label in matrix.argmax(axis=0))
    before = np.trace(matrix) / len(labels)
    after = matrix[list(order), range(10)].sum() / len(labels)
    clean = len(set(order)) == 10 and after >= SUSPECT and after > before + CLEAR
    return order if clean else None


def _reordered_accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    order = order_of_classes(predicted, labels)
    return metrics.accuracy(np.array(order or range(10))[predicted], labels)


@functools.cache
def pixel_statistics() -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each pixel over the training images: (28, 28) float32 each."""
    images, _ = fashion_mnist.load("train")
    chunks = [images[start : start + 5_000].astype(np.float32) for start in range(0, 60_000, 5_000)]
    mean = np.mean([chunk.mean(axis=0) for chunk in chunks], axis=0)
    squares = np.mean([np.square(chunk).mean(axis=0) for chunk in chunks], axis=0)
    deviation = np.sqrt(np.maximum(squares - mean**2, 0))
    return mean, np.where(deviation > 0, deviation, 1).astype(np.float32)
