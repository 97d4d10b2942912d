"""The photo that is classified: rotated, one of its items chosen, a box dragged around one."""

import dataclasses
import functools
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw
from streamlit_drawable_canvas import st_canvas

from fmnist.app.components.gallery import clicked, gallery
from fmnist.app.components.watchers import no_toolbar
from fmnist.app.shared import colours
from fmnist.inference.prediction import Prediction
from fmnist.preprocessing.preprocess import Box

from . import inputs
from .inputs import Photo

WIDTH = 320  # pixels of the photo's longest edge; fits a narrow phone
SMALLEST = 16  # pixels along each edge; anything smaller was a click
FILLED = "26"  # of a box, 15 % of 255 in hexadecimal, after its colour
THUMBNAIL = 128  # pixels
ORIGINS = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}
ITEMS = "try.items"


@dataclasses.dataclass(frozen=True)
class Choice:
    """What the visitor chose in a photo; None where nothing was chosen."""

    identity: str  # of the photo
    turns: int | None = None  # quarter turns counter-clockwise
    item: int | None = None  # from 1
    box: Box | None = None  # in pixels of the turned photo
    drawing: dict[str, Any] | None = None  # of the box, as the canvas has it
    mount: int = 0  # a canvas for each box, so that it shows no other


def choice(photo: Photo) -> Choice:
    """What was chosen of this photo."""
    kept = st.session_state.get("try.choice")
    return kept if kept and kept.identity == photo.identity else Choice(photo.identity)


def show(photo: Photo, found: Prediction) -> None:
    """The photo to drag a box on, buttons to turn it, and its items if there are several."""
    chosen = choice(photo)
    with st.container(horizontal=True, gap="small", key="try_photo_tools"):
        st.button(
            "Draw",
            icon=":material/draw:",
            key="try.draw",
            on_click=inputs.use,
            args=("drawing",),
        )
        _turn_button("Turn left", "ccw", chosen, found.turned + 1)
        _turn_button("Turn right", "cw", chosen, found.turned - 1)
    picture = found.photo
    assert picture is not None, "what is predicted for a photo has it"
    with st.container(key="try_crop", gap=None):
        _canvas(chosen, found, picture)
    if len(found.items) > 1:
        _items(chosen, found, picture)
    elif not chosen.box:
        st.caption("Wrong item? Drag a box around the right one.")
    with st.container(horizontal=True, gap="small"):
        _by_numbers(chosen, picture.size)
        if chosen.box:
            _whole_button("Use whole photo", chosen)
        elif found.pair and chosen.item:
            _whole_button("Use both", chosen)


def _by_numbers(chosen: Choice, size: tuple[int, int]) -> None:
    """The box as two ranges, for hands that cannot drag one."""
    key = f"try.edges.{chosen.identity}.{chosen.turns}.{chosen.mount}"
    left, top, right, bottom = chosen.box or (0, 0, *size)
    with (
        st.popover("Set box", icon=":material/crop:", type="tertiary", key=f"{key}.popover"),
        st.form(key, border=False),
    ):
        options: dict[str, Any] = {"min_value": 0, "format": "%d px"}
        st.slider(
            "Left to right", max_value=size[0], value=(left, right), key=f"{key}.x", **options
        )
        st.slider(
            "Top to bottom", max_value=size[1], value=(top, bottom), key=f"{key}.y", **options
        )
        st.form_submit_button("Use this box", on_click=_set_box, args=(chosen, key, size))


def _set_box(chosen: Choice, key: str, size: tuple[int, int]) -> None:
    """Take the box of the two ranges, if it is large enough."""
    (left, right), (top, bottom) = (st.session_state[f"{key}.{axis}"] for axis in "xy")
    box, scale = (left, top, right, bottom), WIDTH / max(size)
    if not _is_large(box, scale):
        st.toast("The box is too small. Choose edges that are farther apart.")
        return
    shape = {"type": "rect", "left": left * scale, "top": top * scale, "strokeWidth": 2}
    shape |= {"width": (right - left) * scale, "height": (bottom - top) * scale}
    shape |= {"fill": colours.primary() + FILLED, "stroke": colours.primary()}
    drawing = {"objects": [shape]}
    mount = chosen.mount + 1
    _choose(dataclasses.replace(chosen, item=None, box=box, drawing=drawing, mount=mount))


def _whole_button(label: str, chosen: Choice) -> None:
    """Forget the box or item."""
    st.button(
        label,
        key="try.whole",
        type="tertiary",
        icon=":material/fullscreen:",
        on_click=_choose,
        args=(Choice(chosen.identity, chosen.turns, mount=chosen.mount + 1),),
    )


def _turn_button(label: str, direction: str, chosen: Choice, turns: int) -> None:
    turned = Choice(chosen.identity, turns % 4)
    icon = f":material/rotate_90_degrees_{direction}:"
    st.button(label, icon=icon, key=f"try.{label}", on_click=_choose, args=(turned,))


def _canvas(chosen: Choice, found: Prediction, photo: Image.Image) -> None:
    """The photo, and the last box on it."""
    scale = WIDTH / max(photo.size)
    width, height = (max(1, round(edge * scale)) for edge in photo.size)
    key = f"try.box.{chosen.identity}.{chosen.turns}.{chosen.mount}"
    st_canvas(
        fill_color=colours.primary() + FILLED,
        stroke_width=2,
        stroke_color=colours.primary(),
        background_image=_numbered(photo.resize((width, height)), found, scale),
        background_color="white",
        drawing_mode="rect",
        width=width,
        height=height,
        initial_drawing=chosen.drawing,
        key=key,
        on_change=functools.partial(_keep_box, chosen, key, photo.size),
    )
    no_toolbar("try_crop")


def _numbered(photo: Image.Image, found: Prediction, scale: float) -> Image.Image:
    """The photo, shown at that scale, with a number in the corner of each item if there are several."""
    pen, colour = ImageDraw.Draw(photo), colours.primary()
    for number, box in enumerate(found.items, 1):
        left, top, right, bottom = (edge * scale for edge in box)
        pen.rectangle(
            (left, top, right - 1, bottom - 1), outline=colour, width=1 + (number == found.item)
        )
        pen.rectangle((left, top, left + 18, top + 20), fill=colour)
        pen.text((left + 9, top + 10), str(number), fill="white", anchor="mm", font_size=14)
    return photo


def _items(chosen: Choice, found: Prediction, photo: Image.Image) -> None:
    """A numbered thumbnail of each item; a click classifies it."""
    what = "A pair of shoes" if found.pair else f"{len(found.items)} items"
    st.caption(f"{what} found. Choose one, or drag a box around it.")
    numbers = list(range(1, len(found.items) + 1))
    gallery(
        np.stack([_thumbnail(photo.crop(box)) for box in found.items]),
        numbers,
        [str(number) for number in numbers],
        ITEMS,
        [f"Item {number}" for number in numbers],
        on_click=functools.partial(_choose_item, chosen),
        chosen=found.item,
    )


def _thumbnail(item: Image.Image) -> np.ndarray:
    """(128, 128, 3) uint8: all of the item, on grey."""
    item = item.convert("RGB")
    item.thumbnail((THUMBNAIL, THUMBNAIL))
    square = Image.new("RGB", (THUMBNAIL, THUMBNAIL), colours.GREY)
    square.paste(item, ((THUMBNAIL - item.width) // 2, (THUMBNAIL - item.height) // 2))
    return np.asarray(square)


def _choose(chosen: Choice) -> None:
    st.session_state["try.choice"] = chosen


def _choose_item(chosen: Choice) -> None:
    _choose(
        dataclasses.replace(
            chosen, item=clicked(ITEMS), box=None, drawing=None, mount=chosen.mount + 1
        )
    )


def _keep_box(chosen: Choice, key: str, size: tuple[int, int]) -> None:
    """Keep the box that was dragged, if it is large enough, and no other."""
    drawing = st.session_state[key].drawing["raw"]
    shapes = drawing.get("objects", [])
    box = _box(shapes[-1], size) if shapes else None
    if not shapes or (box and box == chosen.box):  # the canvas's first message
        return
    if box:
        kept = drawing | {"objects": shapes[-1:]}
        chosen = dataclasses.replace(chosen, item=None, box=box, drawing=kept)
    _choose(dataclasses.replace(chosen, mount=chosen.mount + 1))


def _box(shape: dict[str, Any], size: tuple[int, int]) -> Box | None:
    """A rectangle of the canvas in the photo's pixels, within the photo; None if it is too small."""
    scale = WIDTH / max(size)
    edges = []
    for start, length, zoom, origin, most in (
        ("left", "width", "scaleX", "originX", size[0]),
        ("top", "height", "scaleY", "originY", size[1]),
    ):
        extent = shape.get(length, 0) * shape.get(zoom, 1)
        first = shape.get(start, 0) - ORIGINS[shape.get(origin, start)] * extent
        edges.append([min(most, max(0, round(at / scale))) for at in (first, first + extent)])
    (left, right), (top, bottom) = edges
    box = (left, top, right, bottom)
    return box if _is_large(box, scale) else None


def _is_large(box: Box, scale: float) -> bool:
    left, top, right, bottom = box
    return min(right - left, bottom - top) * scale >= SMALLEST
