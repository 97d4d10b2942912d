"""A box that a person drags around the item in a photo."""

from typing import Any

import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

WIDTH = 320  # pixels, at most; fits a narrow phone
SMALLEST = 16  # pixels along each edge; what is smaller was a click, no box
ORIGINS = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}

Box = tuple[int, int, int, int]  # left, top, right, bottom in the photo's pixels


def chosen(identity: str) -> Box | None:
    """The box that was dragged on this photo, if one was."""
    kept = st.session_state.get("try.box")
    return kept[1] if kept and kept[0] == identity else None


def choose(identity: str, photo: Image.Image, expanded: bool) -> None:
    """The photo to drag a box on; a new box, or none any more, answers anew.

    Args:
        identity: what tells this photo from others, its content's digest say.
        photo: all of it.
        expanded: whether it is shown at once, as the item could not be told well.
    """
    words = "Is it about the wrong thing? Drag a box around the item"
    with st.expander(words, icon=":material/crop:", expanded=expanded):
        scale = WIDTH / max(photo.size)
        size = [max(1, round(edge * scale)) for edge in photo.size]
        result = st_canvas(
            fill_color="rgba(79, 70, 229, 0.15)",
            stroke_width=2,
            stroke_color="#4f46e5",
            background_image=photo.resize(size),
            background_color="#ffffff",
            drawing_mode="rect",
            width=size[0],
            height=size[1],
            key=f"try.box.{identity}",
        )
    if result.json_data is None:  # just mounted: it has nothing to say yet
        return
    box = _last_box(result.json_data, photo, scale)
    if box != chosen(identity):
        st.session_state["try.box"] = (identity, box)
        st.rerun(scope="fragment")


def _last_box(drawing: dict[str, Any], photo: Image.Image, scale: float) -> Box | None:
    """The last box that is large enough, within the photo."""
    for item in reversed(drawing.get("objects", [])):
        edges = []
        for start, length, zoom, origin, most in (
            ("left", "width", "scaleX", "originX", photo.width),
            ("top", "height", "scaleY", "originY", photo.height),
        ):
            extent = item.get(length, 0) * item.get(zoom, 1)
            first = item.get(start, 0) - ORIGINS[item.get(origin, start)] * extent
            pair = [min(most, max(0, round(at / scale))) for at in (first, first + extent)]
            edges.append(pair)
        (left, right), (top, bottom) = edges
        if min(right - left, bottom - top) * scale >= SMALLEST:
            return left, top, right, bottom
    return None
