"""A canvas to draw on with pen, brush and eraser; it outlasts a reload and a change of page."""

import base64
import dataclasses
import io
import re
from collections.abc import Callable
from typing import Any

import streamlit as st
from PIL import Image

from .component import register

EDGE = 320  # pixels, as in sketch.js
LARGEST = 500_000  # characters of base64; a canvas full of scribbles has 100,000
LONGEST = 1500  # characters of a drawing in a link, as in packing.js
KEY = "sketch"
LINK = "sketch.link"  # the last one whose drawing was put onto the canvas, and how many there were

LINKED = re.compile(r"[\w-]+", re.ASCII)

_component = register("sketch")


@dataclasses.dataclass(frozen=True)
class Drawing:
    """What the canvas shows."""

    id: int = 0  # milliseconds since 1970 of the last change; 0 before the first stroke
    content: bytes | None = None  # PNG, 320 x 320; None if nothing is drawn
    link: str | None = None  # its strokes, as a link has them; None if there are too many
    restored: bool = False  # whether it is from before the page was loaded
    unread: bool = False  # whether the link's drawing could not be read, and this is another one


def sketch(on_change: Callable[[], None], colour: bool, dark: bool, hint: str) -> None:
    """Show the canvas.

    Args:
        on_change: called before the page runs again when `receive` has a new drawing.
        colour: whether there are inks to choose from; otherwise it is drawn in black on white.
        dark: whether the paper is black, and the first ink white.
        hint: what stands on the empty canvas.
    """
    data = {"known": drawing().id, "colour": colour, "dark": dark, "hint": hint}
    data["link"] = st.session_state.get(LINK)
    _component(data=data, key=KEY, on_drawing_change=on_change)


def put(link: str) -> None:
    """Put a link's drawing onto the canvas when that is shown; `receive` has it soon after."""
    number = st.session_state.get(LINK, {"number": 0})["number"]
    st.session_state[LINK] = {"text": link[: LONGEST + 1], "number": number + 1}


def drawing() -> Drawing:
    """The last drawing of this visitor that `receive` has seen."""
    kept: Drawing = st.session_state.setdefault("sketch.drawing", Drawing())
    return kept


def receive() -> bool:
    """Take over what the canvas has sent; whether that is another drawing than the last."""
    state = st.session_state.get(KEY)
    sent = read(state.get("drawing")) if state else None
    known = drawing()
    if sent is None or (sent.id, sent.unread) == (known.id, known.unread):
        return False
    st.session_state["sketch.drawing"] = sent
    return True


def read(sent: object) -> Drawing | None:
    """The drawing in a message of the canvas; None if it is no such message."""
    match sent:
        case {"id": int(number), "png": None, **about}:
            return Drawing(number, **_about(about))
        case {"id": int(number), "png": str(png), **about} if len(png) <= LARGEST and _is_sketch(
            png
        ):
            return Drawing(number, base64.b64decode(png), **_about(about))
    return None


def _about(sent: dict[Any, Any]) -> dict[str, Any]:
    """What the message says beside the drawing."""
    link = sent.get("link")
    known = isinstance(link, str) and len(link) <= LONGEST and LINKED.fullmatch(link)
    flags = {name: sent.get(name) is True for name in ("restored", "unread")}
    return {"link": link if known else None, **flags}


def _is_sketch(png: str) -> bool:
    try:
        file = io.BytesIO(base64.b64decode(png))
        return Image.open(file, formats=["PNG"]).size == (EDGE, EDGE)
    except (OSError, SyntaxError, ValueError):
        return False
