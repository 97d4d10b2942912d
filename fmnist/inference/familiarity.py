"""Out-of-distribution detection: whether an image is similar to the training images of a model."""

from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from fmnist.data.dataset import DatasetError

COUNT = 300  # training images to compare an image with, at most: takes a third of a second
CHUNK = 10  # images at a time: feature maps of many would take much memory
RARE = 0.01  # share of the training images that would themselves count as unfamiliar

Embed = Callable[[np.ndarray], np.ndarray]  # (N, *shape) uint8 -> (N, E) float32


class Known(NamedTuple):
    """Training images as directions from their mean; similar ones have a high cosine."""

    mean: np.ndarray  # (E,) float32
    directions: np.ndarray  # (up to COUNT, E) float32, of length 1
    least: float  # smallest cosine similarity of a familiar image to its nearest neighbour


def are_familiar(images: np.ndarray, classifier: Any) -> np.ndarray:
    """Whether the nearest training image is about as near as training images are to each other.

    The measure is the cosine similarity to the nearest neighbour, of embeddings like in Sun et al.,
    "Out-of-Distribution Detection with Deep Nearest Neighbors", arXiv 2204.06507, and also of pixels,
    because noise can have the embedding of a garment. Where the training images are gone, every image
    counts as familiar: `not_compared` says so.

    Args:
        images: (N, *shape) uint8.
        classifier: with a `dataset`, and `outputs` that have an "embedding", like `Classifier`; without
            them, only pixels are compared.

    Returns:
        (N,) bool.
    """
    found = np.ones(len(images), bool)
    if len(images) and not_compared(classifier) is None:
        for embed, known in zip(_embeds(classifier), _known(classifier), strict=False):
            cosines = (
                _directions(embed(chunk), known.mean) @ known.directions.T
                for chunk in _chunks(images)
            )
            found &= np.concatenate([each.max(axis=1) for each in cosines]) >= known.least
    return found


def not_compared(classifier: Any) -> str | None:
    """Why nothing can be compared with the training images, in a sentence; None where it can."""
    try:
        classifier.dataset.load("train")
    except DatasetError as error:
        return f"Predictions are not compared with the training images: {error}"
    return None


# By classifier, and gone with it: a server that loads one after the other must not keep them all.
_kept: WeakKeyDictionary[Any, list[Known]] = WeakKeyDictionary()


def _known(classifier: Any) -> list[Known]:
    """The training images by each of `_embeds` that the classifier has."""
    found = _kept.get(classifier)
    if found is None:
        images = classifier.dataset.load("train")[0][:COUNT]
        outputs = classifier.outputs(images[:1]) if hasattr(classifier, "outputs") else {}
        ways = _embeds(classifier)[: 2 if "embedding" in outputs else 1]
        found = [_fitted(np.concatenate([*map(embed, _chunks(images))])) for embed in ways]
        _kept[classifier] = found
    return found


def _embeds(classifier: Any) -> list[Embed]:
    """The pixels, and the embedding."""
    return [
        _pixels,
        lambda some: classifier.outputs(some)["embedding"].reshape(len(some), -1),
    ]


def _fitted(embedding: np.ndarray) -> Known:
    mean = embedding.mean(axis=0)
    directions = _directions(embedding, mean)
    cosines = directions @ directions.T
    np.fill_diagonal(cosines, -1)
    return Known(mean, directions, float(np.quantile(cosines.max(axis=1), RARE)))


def _pixels(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32)


def _chunks(images: np.ndarray) -> list[np.ndarray]:
    return [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]


def _directions(embedding: np.ndarray, mean: np.ndarray) -> np.ndarray:
    away = embedding - mean
    return np.asarray(away / np.maximum(1e-9, np.linalg.norm(away, axis=1, keepdims=True)))
