"""Pictures as a network may see them in training: what augmentation does to them."""

import numpy as np
import streamlit as st

from fmnist.app.shared import widgets
from fmnist.augmentation.augment import MIXES, augment
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES

EPOCHS = 2  # how many are shown


def show(augmentation: tuple[str, ...], mix: str | None, seed: int) -> None:
    """One image of each class, and below it what some epochs may make of it."""
    with widgets.errors_in_words(), st.container(key="train-images", gap="xsmall"):
        originals, seen = _originals(augmentation, mix, seed)
        if not (augmentation or mix):
            st.caption("Without augmentation, every epoch shows the same images.")
            _show(_in_a_row(originals), "An image of each class")
            return
        st.caption(
            "Top row: an image of each class. Below: the same images, augmented for two epochs."
        )
        _show(_in_a_row(originals), "An image of each class")
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
    augmentation: tuple[str, ...], mix: str | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first image of each class, (10, 28, 28) uint8, and augmented versions of them, (EPOCHS, 10, 28, 28)."""
    images, labels = fashion_mnist.load("train")
    classes = np.arange(len(CLASS_NAMES), dtype=np.uint8)
    originals = images[[np.argmax(labels == number) for number in classes]]
    seen, targets = [], np.eye(len(classes), dtype=np.float32)
    for epoch in range(EPOCHS):
        rng = np.random.default_rng((seed, epoch))
        made = augment(originals, classes, augmentation, rng)
        seen.append(MIXES[mix](made, targets, rng)[0] if mix else made)
    return originals, np.stack(seen)
