"""Try it: draw or upload a garment, or take a test image, and see what the network says."""

from typing import Any

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from fmnist import datasets, pictures
from fmnist.labels import CLASS_NAMES
from fmnist.pages import widgets

COLUMNS = (2, 3)  # widths, left and right
CANVAS = 320  # pixels; fits a narrow phone
PEN = 9  # pixels
FIRST_TEST_IMAGE = 2  # a clear one, so that the page answers before anybody has drawn
STROKES_KEPT = 200  # that Undo can take back


def page() -> None:
    """The whole page."""
    widgets.page_header("Try it", "Draw a piece of clothing, or upload a photo of one.")
    question_and_answer()


@st.fragment
def question_and_answer() -> None:
    """Canvas and answer side by side, upload and model below; a stroke reruns only this.

    On a phone the four stand one above the other, so that the answer is right below the canvas.
    """
    st.session_state.setdefault("try.source", "test image")
    st.session_state.setdefault("try.test_image", FIRST_TEST_IMAGE)
    left, right = st.columns(COLUMNS, gap="large")
    below_left, below_right = st.columns(COLUMNS, gap="large")
    with below_left:
        upload = st.file_uploader(
            "Or upload a photo",
            type=["png", "jpg", "jpeg", "webp", "bmp", "gif"],
            key="try.upload",
            on_change=_set_source,
            args=["upload"],
        )
    with below_right:
        run = widgets.choose_model()
    with left:
        st.space("small")  # where the canvas shows its own tools
        canvas()
    with right, widgets.errors_in_words():
        if run:
            answer_what_was_asked(run, upload)


def answer_what_was_asked(run: widgets.Run, upload: Any) -> None:
    """The answer to whichever came last: the drawing, the upload or a test image."""
    source = st.session_state["try.source"]
    if source == "upload" and upload:
        answer_picture(run, f"Your photo, {upload.name}", upload.getvalue())
    elif source == "test image":
        answer_test_image(run)
    elif drawing := history()[-1][1]:
        answer_picture(run, "Your drawing", drawing)
    else:
        st.info("Draw the outline of a T-shirt, a boot or a bag: the answer comes by itself.")


def canvas() -> None:
    """The canvas and its buttons. Each new drawing goes to the history as (JSON, PNG)."""
    key = f"try.canvas.{st.session_state.setdefault('try.mount', 0)}"
    if key not in st.session_state:  # a new mount: the first, after Undo, or on the way back here
        # Frozen per mount: a canvas whose arguments change starts anew under the pen.
        st.session_state["try.initial"] = history()[-1][0]
    result = st_canvas(
        stroke_width=PEN,
        stroke_color="#000000",
        background_color="#ffffff",
        initial_drawing=st.session_state["try.initial"],
        height=CANVAS,
        width=CANVAS,
        return_image_data=True,
        key=key,
    )
    if result.image_bytes and _strokes(result.json_data) != _strokes(history()[-1][0]):
        st.session_state["try.history"] = [
            *history()[-STROKES_KEPT:],
            (result.json_data, result.image_bytes),
        ]
        _set_source("drawing")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo",
            icon=":material/undo:",
            key="try.undo",
            on_click=_undo,
            disabled=len(history()) == 1,
        )
        st.button("Clear", icon=":material/delete:", key="try.clear", on_click=_clear)
        st.button("Surprise me", icon=":material/casino:", key="try.surprise", on_click=_surprise)


def answer_picture(run: widgets.Run, name: str, content: bytes) -> None:
    """What the network says of a drawing or an uploaded file, or why it cannot be read."""
    try:
        prepared = pictures.prepare(pictures.open_picture(content))
    except pictures.PictureError as error:
        st.error(f"{name}: {error}")
        return
    answer(run, name, prepared.pixels)


def answer_test_image(run: widgets.Run) -> None:
    """What the network says of a test image, beside what its label says."""
    images, labels = datasets.load("test")
    index = st.session_state["try.test_image"]
    label = int(labels[index])
    answer(run, f"Test image {index}, labelled {CLASS_NAMES[label]}", images[index], label)


def answer(run: widgets.Run, name: str, pixels: np.ndarray, label: int | None = None) -> None:
    """The answer in words, the 28 x 28 picture that it is about, and ten probabilities."""
    probabilities = widgets.classifier(run).probabilities(pixels[None])[0]
    st.caption(name)
    st.subheader(widgets.in_words(probabilities), anchor=False)
    picture, chart = st.columns([2, 3])
    with picture:
        st.image(
            widgets.enlarged(pixels),
            caption="What the network sees: 28 x 28 pixels",
            width="stretch",
            output_format="PNG",
            alt=f"{name}, as 28 x 28 pixels",
        )
    with chart:
        widgets.probability_chart(probabilities, "try.chart", label)


def history() -> list[tuple[dict | None, bytes | None]]:
    """The drawing after each stroke, oldest first, as canvas JSON and PNG; never empty."""
    return st.session_state.setdefault("try.history", [(None, None)])


def _strokes(drawing: dict | None) -> list:
    """What makes two drawings differ, and nothing that the canvas adds on its own."""
    objects = (drawing or {}).get("objects", [])
    return [(item.get("path"), item.get("left"), item.get("top")) for item in objects]


def _set_source(source: str) -> None:
    st.session_state["try.source"] = source


def _undo() -> None:
    st.session_state["try.history"] = history()[:-1]
    _remount()


def _clear() -> None:
    if history()[-1][1]:  # so that Undo brings it back
        st.session_state["try.history"] = [*history(), (None, None)]
    _remount()


def _remount() -> None:
    st.session_state["try.mount"] += 1
    _set_source("drawing")


def _surprise() -> None:
    st.session_state["try.test_image"] = int(np.random.default_rng().integers(10_000))
    _set_source("test image")


page()
