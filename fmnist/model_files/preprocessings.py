"""What people do to pixels before a network sees them, and which of it suits a given network.

A saved model seldom says what it has learned from. So all usual preprocessings are tried on some
training images, and the one with which the network is most accurate is taken.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist

MEAN, DEVIATION = 72.94, 90.02  # of all pixels of the training images
TRIED, COMPARED, FINALISTS = 200, 1_000, 4  # training images for each; for so many of the best
SURE = 0.05  # p-value of McNemar's test below which one is better than another
SUSPECT = 0.5  # training accuracy below which images and classes may be meant otherwise
CLEAR = 0.2  # by so much the accuracy must rise for transposed images or another order of classes

Score = Callable[[np.ndarray, np.ndarray], float]  # of predicted classes and labels
Function = Callable[[Any, Any], Any]  # of pixels and `numpy` or `keras.ops`, both of which it takes


def _unit_length(axis: int | tuple[int, ...]) -> Function:
    """Divides by the Euclidean length along an axis, as `keras.utils.normalize` does."""

    def divided(pixels: Any, ops: Any) -> Any:
        length = ops.sqrt(ops.sum(pixels * pixels, axis=axis, keepdims=True))
        return pixels / ops.where(length > 0, length, ops.ones_like(length))

    return divided


def _standardised_image(pixels: Any, ops: Any) -> Any:
    """As `tf.image.per_image_standardization`: the deviation counts at least 1 / sqrt(784)."""
    mean = ops.mean(pixels, axis=(1, 2), keepdims=True)
    deviation = ops.std(pixels, axis=(1, 2), keepdims=True)
    return (pixels - mean) / ops.maximum(deviation, 1 / 28)


def _standardised_pixels(pixels: Any, ops: Any) -> Any:
    """As scikit-learn's `StandardScaler` does, each of the 784 pixels by itself."""
    mean, deviation = pixel_statistics()
    return (pixels - mean) / deviation


# Pixels are (N, 28, 28) from 0, black, to 255. Where two suit a network alike, the first counts.
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
CENTRED = ("mean-std", "mean", "pixel-mean-std")  # by the mean of images that are inverted, too
INVERTED, TRANSPOSED = "inverted-", "transposed-"
USUAL = (*BASES, *(INVERTED + name for name in BASES))
NAMES = (*USUAL, *(TRANSPOSED + name for name in USUAL))
OWN = "0-255"  # what every network of this project takes: scaling is a layer


class Found(NamedTuple):
    """The preprocessing that suits a network best, and how clearly."""

    name: str
    accuracy: float  # on `COMPARED` training images
    second: str  # the next best
    second_accuracy: float
    equal: bool  # whether the two may suit it alike
    # The class that each output seems to stand for, where not its own, and the accuracy with it.
    order: tuple[int, ...] | None = None
    reordered_accuracy: float | None = None


def apply(name: str, images: Any, ops: Any = np) -> Any:
    """Pixels as a network takes them.

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


def find(ask: Callable[[np.ndarray], np.ndarray]) -> Found:
    """Try all of `USUAL` on training images and choose by accuracy.

    Those that are not clearly less accurate than the best (McNemar's test) are told apart by their
    loss. A network that is right in less than half of the images is also given transposed ones, and
    its classes may be in another order.

    Args:
        ask: the network; (N, 28, 28) float32, preprocessed -> (N, 10) probabilities.
    """
    images, labels = (array[:COMPARED] for array in fashion_mnist.load("train"))
    trial = _Trial(ask, images, labels)
    found = trial.best(USUAL, metrics.accuracy)
    if found.accuracy >= SUSPECT:
        return found
    turned = trial.best(NAMES[len(USUAL) :], metrics.accuracy)
    if turned.accuracy > found.accuracy + CLEAR:
        return turned
    order = trial.order(trial.best(USUAL, _reordered_accuracy).name)
    return trial.with_order(order) if order else found


class _Trial:
    """A network, and the training images that it is tried with."""

    def __init__(
        self, ask: Callable[[np.ndarray], np.ndarray], images: np.ndarray, labels: np.ndarray
    ):
        self.ask, self.images, self.labels = ask, images, labels

    def best(self, names: tuple[str, ...], score: Score) -> Found:
        """The first and second of some preprocessings by a score of predicted classes and labels."""
        few = self._answers(names, TRIED)
        ranked = sorted(names, key=lambda name: self._key(few[name], score), reverse=True)
        answers = self._answers(tuple(ranked[:FINALISTS]), COMPARED)
        ranked = sorted(answers, key=lambda name: self._key(answers[name], score), reverse=True)
        likely = [name for name in ranked if not self._differ(answers[ranked[0]], answers[name])]
        first = max(likely, key=lambda name: self._key(answers[name], score)[1])
        second = next(name for name in ranked if name != first)
        accuracies = [metrics.accuracy(answers[name].argmax(1), self.labels) for name in ranked]
        accuracy = dict(zip(ranked, accuracies, strict=True))
        equal = not self._differ(answers[first], answers[second])
        return Found(first, accuracy[first], second, accuracy[second], equal)

    def order(self, name: str) -> tuple[int, ...] | None:
        """The order of the classes that a preprocessing shows, where it is not the labels'."""
        return order_of_classes(self._answers((name,), COMPARED)[name].argmax(1), self.labels)

    def with_order(self, order: tuple[int, ...]) -> Found:
        """What suits the network best if its outputs stand for classes in that order."""
        places = np.argsort(order)
        put_right = _Trial(lambda pixels: self.ask(pixels)[:, places], self.images, self.labels)
        found = put_right.best(USUAL, metrics.accuracy)
        as_it_is = self._answers((found.name,), COMPARED)[found.name].argmax(1)
        return found._replace(
            accuracy=metrics.accuracy(as_it_is, self.labels),
            order=order,
            reordered_accuracy=found.accuracy,
        )

    def _answers(self, names: tuple[str, ...], count: int) -> dict[str, np.ndarray]:
        """(count, 10) probabilities by the name of the preprocessing; the network is asked once."""
        prepared = [apply(name, self.images[:count]) for name in names]
        parts = np.split(self.ask(np.concatenate(prepared)), len(names))
        return dict(zip(names, parts, strict=True))

    def _key(self, probabilities: np.ndarray, score: Score) -> tuple[float, float]:
        """What the higher is the better: the score, and the negative loss, -inf where it is NaN."""
        labels = self.labels[: len(probabilities)]
        loss = metrics.cross_entropy(probabilities, labels)
        return score(probabilities.argmax(1), labels), -loss if np.isfinite(loss) else -np.inf

    def _differ(self, one: np.ndarray, other: np.ndarray) -> bool:
        right = [answers.argmax(1) == self.labels for answers in (one, other)]
        only = [int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())]
        return metrics.mcnemar(*only) < SURE


def order_of_classes(predicted: np.ndarray, labels: np.ndarray) -> tuple[int, ...] | None:
    """The class that each output of a network seems to stand for, where the order is not the labels'.

    Args:
        predicted: (N,) the outputs that were highest.
        labels: (N,) true classes.

    Returns:
        Ten different classes, a place an output; None where the outputs are in order, or where no
        order of them makes the accuracy clearly higher.
    """
    matrix = metrics.confusion_matrix(labels, predicted)
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
