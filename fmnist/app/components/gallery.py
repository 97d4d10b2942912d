"""A gallery of thumbnails that are buttons, quick with hundreds: one sprite, one component."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

COLUMNS = 32  # thumbnails in a row of the sprite, at most

HERE = Path(__file__).parent
SPRITE_JS = (HERE / "sprite.js").read_text()  # of all components that show a sprite

_component = st.components.v2.component(
    "fmnist_gallery",
    html='<div class="gallery"></div>',
    css=(HERE / "gallery.css").read_text(),
    js=SPRITE_JS + (HERE / "gallery.js").read_text(),
)


def gallery(
    images: np.ndarray,
    ids: list,
    captions: list[str],
    key: str,
    names: list[str],
    on_click: Callable[[], None] | None = None,
    chosen: int | str | None = None,
    to_top: bool = False,
    still: bool = False,
    least: int = 92,
) -> int | str | None:
    """Show thumbnails with captions.

    Args:
        images: (N, S, S) or (N, S, S, 3) uint8.
        ids: what a click on each returns.
        captions: a short text under each.
        key: the widget's key.
        names: what a screen reader says of each.
        on_click: called before the page runs again; `clicked(key)` tells it what was clicked.
        chosen: the id of the thumbnail that has a frame.
        to_top: whether a click takes the visitor to the top of the page.
        still: whether they are pictures only, not to be clicked.
        least: pixels, how wide a thumbnail with its frame is at least.

    Returns:
        The id of the thumbnail that was just clicked, else None.
    """
    picture, columns, _ = sprite(images)
    data = {"sprite": picture, "columns": columns}
    data |= {"ids": ids, "captions": captions, "names": names}
    data |= {"chosen": chosen, "to_top": to_top, "still": still, "least": least}
    return _component(data=data, key=key, on_clicked_change=on_click or (lambda: None)).clicked


def clicked(key: str) -> int | str | None:
    """What was just clicked in the gallery of that key, for its `on_click`."""
    return st.session_state[key].clicked


@st.cache_data(max_entries=16, show_spinner=False)
def sprite(images: np.ndarray) -> tuple[str, int, int]:
    """All pictures side by side in one PNG, in base64; its columns and rows."""
    columns = min(COLUMNS, len(images))
    missing = -len(images) % columns
    padded = np.pad(images, ((0, missing), *[(0, 0)] * (images.ndim - 1)))
    rows = [np.concatenate(list(row), axis=1) for row in np.split(padded, len(padded) // columns)]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode(), columns, len(rows)
