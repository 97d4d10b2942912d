"""A box that a person drags around the item in a photo."""

import functools
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
    kept = _kept(identity)
    return kept and kept[1]


def choose(identity: str, photo: Image.Image, expanded: bool) -> None:
    """The photo to drag a box on.

    Args:
        identity: what tells this photo from others, its content's digest say.
        photo: all of it.
        expanded: whether it is shown at once, as the item could not be told well.
    """
    words = "Is it about the wrong thing? Drag a box around the item"
    with st.expander(words, icon=":material/crop:", expanded=expanded):
        scale = WIDTH / max(photo.size)
        size = [max(1, round(edge * scale)) for edge in photo.size]
        key = f"try.box.{identity}"
        if key not in st.session_state:  # a new mount: the first, or on the way back here
            kept = _kept(identity)
            st.session_state["try.box_initial"] = kept and kept[0]
        st_canvas(
            fill_color="rgba(79, 70, 229, 0.15)",
            stroke_width=2,
            stroke_color="#4f46e5",
            background_image=photo.resize(size),
            background_color="#ffffff",
            drawing_mode="rect",
            width=size[0],
            height=size[1],
            initial_drawing=st.session_state["try.box_initial"],
            key=key,
            on_change=functools.partial(_keep, identity, key, photo.size),
        )


def _kept(identity: str) -> tuple[dict[str, Any], Box | None] | None:
    """The drawing on this photo, and the box that it is."""
    kept = st.session_state.get("try.box")
    return kept[1:] if kept and kept[0] == identity else None


def _keep(identity: str, key: str, size: tuple[int, int]) -> None:
    drawing = st.session_state[key].drawing["raw"]
    st.session_state["try.box"] = (identity, drawing, _last_box(drawing, size))


def _last_box(drawing: dict[str, Any], size: tuple[int, int]) -> Box | None:
    """The last box that is large enough, within the photo."""
    scale = WIDTH / max(size)
    for item in reversed(drawing.get("objects", [])):
        edges = []
        for start, length, zoom, origin, most in (
            ("left", "width", "scaleX", "originX", size[0]),
            ("top", "height", "scaleY", "originY", size[1]),
        ):
            extent = item.get(length, 0) * item.get(zoom, 1)
            first = item.get(start, 0) - ORIGINS[item.get(origin, start)] * extent
            pair = [min(most, max(0, round(at / scale))) for at in (first, first + extent)]
            edges.append(pair)
        (left, right), (top, bottom) = edges
        if min(right - left, bottom - top) * scale >= SMALLEST:
            return left, top, right, bottom
    return None
