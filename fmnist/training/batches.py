"""The batches of an epoch: shuffled, augmented, mixed, with their targets."""

import math
from collections.abc import Sequence

import numpy as np

from fmnist.augmentation.augment import MIXES, augment
from fmnist.inference.classifier import Classifier
from fmnist.recipes.recipe import Recipe


class Batches:
    """The batches of an epoch, the same for the same seed, split and epoch."""

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        classes: int,
        recipe: Recipe,
        split: int,
        epoch: int,
        teachers: Sequence[Classifier] = (),
    ):
        """Draw the order of (N, *shape) uint8 images with (N,) uint8 labels, of so many classes."""
        self.images, self.labels, self.classes = images, labels, classes
        self.recipe, self.teachers = recipe, teachers
        self.seed = (recipe.seed, split, epoch)
        self.order = np.random.default_rng(self.seed).permutation(len(images))
        # Each image is mirrored in every other epoch, so that both sides are seen equally often (alternating flip,
        # arXiv 2404.00498). Spawned, as the order of the first epoch would be made of the same random numbers.
        side = np.random.default_rng((recipe.seed, split)).spawn(2)[1]
        self.mirrored = (side.random(len(images)) < 0.5) ^ bool(epoch % 2)

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.recipe.batch_size)

    def take(self, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Up to `count` whole batches from index `first` on; the last one, if smaller, alone.

        Returns:
            Images, (K, B, *shape) uint8, and target probabilities, (K, B, C) float32.
        """
        size = self.recipe.batch_size
        left = self.order[first * size :]
        whole = min(count, len(left) // size)
        chosen = left[: whole * size].reshape(whole, size) if whole else left[None]
        made = [self._make(first + k, batch) for k, batch in enumerate(chosen)]
        images, targets = (np.stack(part) for part in zip(*made, strict=True))
        return images, targets

    def _make(self, index: int, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((*self.seed, index))  # whichever call takes the batch
        recipe, labels = self.recipe, self.labels[batch]
        images = augment(self.images[batch], labels, recipe.augmentation, rng, self.mirrored[batch])
        targets = one_hot(labels, self.classes, recipe.label_smoothing)
        if recipe.mix:
            images, targets = MIXES[recipe.mix](images, targets, rng)
        if self.teachers:  # they see the images as the network does (arXiv 2106.05237)
            predictions = [teacher.probabilities(images) for teacher in self.teachers]
            targets += recipe.distillation_weight * (np.mean(predictions, axis=0) - targets)
        return images, targets


def one_hot(labels: np.ndarray, classes: int, smoothing: float = 0.0) -> np.ndarray:
    """Target probabilities, (..., classes) float32, for (...) class indices.

    Args:
        labels: the class indices.
        classes: how many there are.
        smoothing: label smoothing (arXiv 1512.00567), the share spread evenly over all classes.
    """
    exact: np.ndarray = np.eye(classes, dtype=np.float32)[labels]
    return exact * (1 - smoothing) + smoothing / classes
