"""Pictures as a network may see them in training: what augmentation does to them."""

import numpy as np
import streamlit as st

from fmnist.app.shared import widgets
from fmnist.augmentation.augment import MIXES, augment
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES

EPOCHS = 2  # how many are shown


def show(augmentation: tuple[str, ...], mix: str | None, seed: int) -> None:
    """One picture of each class as it is, and below as some epochs may show it."""
    with widgets.errors_in_words(), st.container(key="train-pictures", gap="xsmall"):
        pictures, seen = _pictures(augmentation, mix, seed)
        if not (augmentation or mix):
            st.caption("Without augmentation: the same images in each epoch.")
            _show(_in_a_row(pictures), "A picture of each class")
            return
        st.caption("Above, an image of each class; below, as two epochs may show it.")
        _show(_in_a_row(pictures), "A picture of each class")
        _show(
            np.concatenate([_in_a_row(row) for row in seen]), "The same as two epochs may show them"
        )


def _show(pixels: np.ndarray, name: str) -> None:
    st.image(pixels, width="stretch", output_format="PNG", alt=name)


def _in_a_row(pictures: np.ndarray) -> np.ndarray:
    return np.concatenate(list(pictures), axis=1)


@st.cache_data(max_entries=64, show_spinner=False)
def _pictures(
    augmentation: tuple[str, ...], mix: str | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first picture of each class, (10, 28, 28) uint8, and what is seen of them, (EPOCHS, 10, 28, 28)."""
    images, labels = fashion_mnist.load("train")
    classes = np.arange(len(CLASS_NAMES), dtype=np.uint8)
    pictures = images[[np.argmax(labels == number) for number in classes]]
    seen, targets = [], np.eye(len(classes), dtype=np.float32)
    for epoch in range(EPOCHS):
        rng = np.random.default_rng((seed, epoch))
        made = augment(pictures, classes, augmentation, rng)
        seen.append(MIXES[mix](made, targets, rng)[0] if mix else made)
    return pictures, np.stack(seen)
