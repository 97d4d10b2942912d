"""A gallery of thumbnails that are buttons, quick with hundreds: one sprite, one component."""

import base64
import io
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from PIL import Image

from .component import register

COLUMNS = 32  # thumbnails in a row of the sprite, at most

_component = register("gallery")


def gallery(
    images: np.ndarray,
    ids: Sequence[int],
    captions: list[str],
    key: str,
    names: list[str],
    on_click: Callable[[], None] | None = None,
    chosen: int | None = None,
    to_top: bool = False,
    still: bool = False,
    least: int = 92,
) -> int | None:
    """Show thumbnails with captions.

    Args:
        images: (N, S, S) or (N, S, S, 3) uint8.
        ids: what a click on each returns.
        captions: a short text under each.
        key: the widget's key.
        names: the accessible name of each.
        on_click: called before the page runs again; `clicked(key)` is what was clicked.
        chosen: the id of the thumbnail that has a frame.
        to_top: whether a click takes the visitor to the top of the page.
        still: whether they cannot be clicked.
        least: pixels, how wide a thumbnail with its frame is at least.

    Returns:
        The id of the thumbnail that was just clicked, else None.
    """
    data: dict[str, object] = {
        "sprite": sprite(images),
        "ids": list(ids),
        "captions": captions,
        "names": names,
    }
    data |= {"chosen": chosen, "to_top": to_top, "still": still, "least": least}
    result = _component(data=data, key=key, on_clicked_change=on_click or (lambda: None))
    identity: int | None = result.clicked
    return identity


def clicked(key: str) -> int | None:
    """What was just clicked in the gallery of that key, for its `on_click`."""
    identity: int | None = st.session_state[key].clicked
    return identity


@st.cache_data(max_entries=16, show_spinner=False)
def sprite(images: np.ndarray) -> dict[str, str | int]:
    """All images side by side in one PNG: `image` in base64, and its `columns` and `rows`."""
    columns = min(COLUMNS, len(images))
    missing = -len(images) % columns
    padded = np.pad(images, ((0, missing), *[(0, 0)] * (images.ndim - 1)))
    rows = [np.concatenate(list(row), axis=1) for row in np.split(padded, len(padded) // columns)]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, "PNG")
    image = base64.b64encode(file.getvalue()).decode()
    return {"image": image, "columns": columns, "rows": len(rows)}
