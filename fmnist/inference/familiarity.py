"""Whether an image is like those that a model learned from, as the model itself sees them."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fmnist.data import fashion_mnist

COUNT = 300  # training images that an image is compared with: a third of a second
CHUNK = 50  # images at a time: feature maps of many would take much memory
RARE = 0.01  # share of the training images that are less like the others than an image may be

Embed = Callable[[np.ndarray], np.ndarray]  # (N, 28, 28) uint8 -> (N, E) float32


class Known(NamedTuple):
    """Training images as directions from their mean; alike ones have a high cosine."""

    mean: np.ndarray  # (E,) float32
    directions: np.ndarray  # (COUNT, E) float32, of length 1
    least: float  # cosine to the nearest one from which on an image is familiar


def are_familiar(images: np.ndarray, classifier: Any) -> np.ndarray:
    """Whether a training image is about as near as training images are to each other.

    The measure is the cosine similarity of embeddings to the nearest neighbour, as in Sun et al.,
    "Out-of-Distribution Detection with Deep Nearest Neighbors", arXiv 2204.06507; and that of the
    pixels, as noise can have the embedding of a garment.

    Args:
        images: (N, 28, 28) uint8.
        classifier: has `outputs` with an "embedding", as a `Classifier`; or else pixels alone count.

    Returns:
        (N,) bool.
    """
    found = np.ones(len(images), bool)
    if len(images):
        for embed, known in _known(classifier):
            cosines = (
                _directions(embed(chunk), known.mean) @ known.directions.T
                for chunk in _chunks(images)
            )
            found &= np.concatenate([each.max(axis=1) for each in cosines]) >= known.least
    return found


@functools.lru_cache(maxsize=8)
def _known(classifier: Any) -> list[tuple[Embed, Known]]:
    """The training images by their pixels and, if the classifier has one, by its embedding."""
    images = fashion_mnist.load("train")[0][:COUNT]
    ways: list[Embed] = [_pixels]
    if "embedding" in (classifier.outputs(images[:1]) if hasattr(classifier, "outputs") else {}):
        ways.append(lambda some: classifier.outputs(some)["embedding"].reshape(len(some), -1))
    return [(embed, _fitted(np.concatenate([*map(embed, _chunks(images))]))) for embed in ways]


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
