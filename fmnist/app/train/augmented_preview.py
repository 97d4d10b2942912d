"""Pictures as a network may see them in training: what augmentation does to them."""

import numpy as np
import streamlit as st

from fmnist.app.shared import widgets
from fmnist.augmentation.augment import MIXES, augment
from fmnist.data.dataset import DataSet

EPOCHS = 2  # how many are shown
CLASSES = 10  # of which an image is shown, at most: the first ones


def show(dataset: DataSet, augmentation: tuple[str, ...], mix: str | None, seed: int) -> None:
    """One image of each class, and below it what some epochs may make of it."""
    which = "each class" if dataset.classes <= CLASSES else f"each of the first {CLASSES} classes"
    with widgets.errors_in_words(), st.container(key="train-images", gap="xsmall"):
        originals, seen = _originals(dataset, augmentation, mix, seed)
        if not (augmentation or mix):
            st.caption("Without augmentation, every epoch shows the same images.")
            _show(_in_a_row(originals), f"An image of {which}")
            return
        st.caption(
            f"Top row: an image of {which}. Below: the same images, augmented for two epochs."
        )
        _show(_in_a_row(originals), f"An image of {which}")
        _show(
            np.concatenate([_in_a_row(row) for row in seen]),
            "The same images, augmented for two epochs",
        )


def _show(pixels: np.ndarray, name: str) -> None:
    st.image(pixels, width="stretch", output_format="PNG", alt=name)


def _in_a_row(originals: np.ndarray) -> np.ndarray:
    return np.concatenate(list(originals), axis=1)


@st.cache_data(max_entries=64, show_spinner=False)
def _originals(
    dataset: DataSet, augmentation: tuple[str, ...], mix: str | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first image of each of C classes, (C, *shape) uint8, and augmented versions, (EPOCHS, C, *shape)."""
    images, labels = dataset.load("train")
    classes = np.arange(min(CLASSES, dataset.classes), dtype=np.uint8)
    originals = images[[np.argmax(labels == number) for number in classes]]
    seen, targets = [], np.eye(len(classes), dtype=np.float32)
    for epoch in range(EPOCHS):
        rng = np.random.default_rng((seed, epoch))
        made = augment(originals, classes, augmentation, rng)
        seen.append(MIXES[mix](made, targets, rng)[0] if mix else made)
    return originals, np.stack(seen)
