"""A canvas to draw on with pen, brush and eraser; it outlasts a reload and a change of page."""

import base64
import dataclasses
import io
from collections.abc import Callable

import streamlit as st
from PIL import Image

from .component import register

EDGE = 320  # pixels, as in sketch.js
LARGEST = 500_000  # characters of base64; a canvas full of scribbles has 100,000
KEY = "sketch"

_component = register("sketch")


@dataclasses.dataclass(frozen=True)
class Drawing:
    """What the canvas shows."""

    id: int = 0  # milliseconds since 1970 of the last change; 0 before the first stroke
    content: bytes | None = None  # PNG, 320 x 320; None if nothing is drawn


def sketch(on_change: Callable[[], None], colour: bool, dark: bool, hint: str) -> None:
    """Show the canvas.

    Args:
        on_change: called before the page runs again when `receive` has a new drawing.
        colour: whether there are inks to choose from; otherwise it is drawn in black on white.
        dark: whether the paper is black, and the first ink white.
        hint: what stands on the empty canvas.
    """
    data = {"known": drawing().id, "colour": colour, "dark": dark, "hint": hint}
    _component(data=data, key=KEY, on_drawing_change=on_change)


def drawing() -> Drawing:
    """The last drawing of this visitor that `receive` has seen."""
    kept: Drawing = st.session_state.setdefault("sketch.drawing", Drawing())
    return kept


def receive() -> bool:
    """Take over what the canvas has sent; whether that is another drawing than the last."""
    state = st.session_state.get(KEY)
    sent = read(state.get("drawing")) if state else None
    if sent is None or sent.id == drawing().id:
        return False
    st.session_state["sketch.drawing"] = sent
    return True


def read(sent: object) -> Drawing | None:
    """The drawing in a message of the canvas; None if it is no such message."""
    match sent:
        case {"id": int(number), "png": None}:
            return Drawing(number)
        case {"id": int(number), "png": str(png)} if len(png) <= LARGEST and _is_sketch(png):
            return Drawing(number, base64.b64decode(png))
    return None


def _is_sketch(png: str) -> bool:
    try:
        file = io.BytesIO(base64.b64decode(png))
        return Image.open(file, formats=["PNG"]).size == (EDGE, EDGE)
    except (OSError, SyntaxError, ValueError):
        return False
