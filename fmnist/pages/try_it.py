"""Try it: draw or upload a garment, or take a test image, and see what the network says."""

import hashlib
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import CanvasResult, st_canvas

from fmnist import datasets, derived
from fmnist.examples import examples, thumbnails
from fmnist.labels import CLASS_NAMES
from fmnist.pages import box, widgets
from fmnist.pages.gallery import gallery
from fmnist.picture_files import EXTENSIONS, PictureError
from fmnist.prediction import Prediction, in_words, predict, predict_pixels
from fmnist.runs import Run

COLUMNS = (2, 3)  # widths, left and right
CANVAS = 320  # pixels; fits a narrow phone
TOOLS = {  # width in pixels, and colour: who erases paints in the paper's colour
    "Pen": (9, "#000000"),
    "Brush": (30, "#000000"),
    "Eraser": (30, "#ffffff"),
}
FIRST_TEST_IMAGE = 2  # a clear one, so that the page answers before anybody has drawn
STROKES_KEPT = 200  # that Undo can take back
STEP = 104  # pixels, the width of each picture on the way to the network
TIPS = {
    "drawing": "Draw one item, large, and close its outline. Show what makes it special: sleeves, "
    "buttons or a zip, the straps of a sandal. Draw shoes from the side.",
    "photo": "One item, all of it in the picture, on a plain background helps. Or drag a box "
    "around it, below.",
}


def page() -> None:
    """The whole page."""
    widgets.page_header("Try it", "Draw a piece of clothing, or upload a photo of one.")
    question_and_answer()


@st.fragment
def question_and_answer() -> None:
    """Canvas and answer side by side, the rest below; a stroke reruns only this.

    On a phone they stand one above the other, so that the answer is right below the canvas.
    """
    st.session_state.setdefault("try.source", "test image")
    st.session_state.setdefault("try.test_image", FIRST_TEST_IMAGE)
    left, right = st.columns(COLUMNS, gap="large")
    steps = st.container()
    below_left, below_right = st.columns(COLUMNS, gap="large")
    with below_left:
        st.file_uploader(
            "Or upload a photo",
            type=EXTENSIONS,
            key="try.upload",
            on_change=_keep_upload,
        )
    with below_right:
        run = widgets.choose_model()
        with widgets.errors_in_words():
            choose_example()
    with left:
        canvas()
    if run:
        with widgets.errors_in_words():
            answer_what_was_asked(run, right, steps)


def answer_what_was_asked(run: Run, right: Any, steps: Any) -> None:
    """The answer to whichever came last: a drawing, an upload, an example or a test image."""
    source = st.session_state["try.source"]
    drawing = history()[-1][1]
    if source == "upload":
        name, data = st.session_state["try.photo"]
        answer_picture(run, f"Your photo, {name}", data, right, steps)
    elif source in examples():
        answer_picture(run, f"Example: {source}", _png(examples()[source]), right, steps)
    elif source == "drawing" and drawing:
        answer_picture(run, "Your drawing", drawing, right, steps)
    elif source == "drawing":
        with right:
            st.info("Draw the outline of a T-shirt, a boot or a bag: the answer comes by itself.")
    else:
        answer_test_image(run, right, steps)


def canvas() -> None:
    """The canvas, its tools and buttons."""
    tool = st.segmented_control(
        "Tool",
        TOOLS,
        default="Pen",
        key="try.tool",
        required=True,
        label_visibility="collapsed",
        on_change=_change_tool,
    )
    width, colour = TOOLS[tool]
    key = _canvas_key()
    if key not in st.session_state:  # a new mount: the first, after Undo, or on the way back here
        # Frozen per mount: a canvas whose arguments change starts anew under the pen.
        st.session_state["try.initial"] = history()[-1][0]
    st_canvas(
        stroke_width=width,
        stroke_color=colour,
        background_color="#ffffff",
        initial_drawing=st.session_state["try.initial"],
        height=CANVAS,
        width=CANVAS,
        return_image_data=True,
        key=key,
        on_change=_keep_drawing,
    )
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


def choose_example() -> None:
    """Thumbnails of the examples; a click asks about one."""
    st.caption("Or click an example.")
    names = list(examples())
    spoken = [f"Example: {name}" for name in names]
    clicked = gallery(thumbnails(), names, names, "try.examples", spoken)
    if clicked is not None:
        _set_source(clicked)


def answer_picture(run: Run, name: str, content: bytes, right: Any, below: Any) -> None:
    """What the network says of a drawing or a photo, and how it came to be so; or why it cannot.

    Args:
        run: whose network answers.
        name: of the picture.
        content: its file.
        right: the container for the answer.
        below: the container for the steps.
    """
    identity = hashlib.sha256(content).hexdigest()
    try:
        found = answer_of(run, derived.digest(run), content, box.chosen(identity))
    except PictureError as error:
        right.error(f"{name}: {error}")
        return
    prepared = found.prepared
    with right:
        show_answer(name, found)
        if found.unsure:
            st.info(TIPS[prepared.kind], icon=":material/lightbulb:")
    with below:
        show_steps("How your picture became what the network sees", prepared.steps)
        if prepared.kind == "photo":
            box.choose(identity, found.photo, expanded=prepared.doubtful)


@st.cache_data(max_entries=4, show_spinner=False)  # another tool or tab asks about the same
def answer_of(_run: Run, digest: str, content: bytes, cut: box.Box | None) -> Prediction:
    """What the run's model of that digest predicts for a file, or for a part of it.

    Raises:
        PictureError: it cannot be used.
    """
    return predict(content, widgets.classifier(_run), cut)


def show_steps(title: str, steps: Iterable[tuple[str, np.ndarray]]) -> None:
    """How the picture became what the network sees, one small picture a step."""
    st.caption(title)
    with st.container(horizontal=True, gap="small", key="try_steps"):
        for name, pixels in steps:
            image = widgets.enlarged(pixels, 4) if len(pixels) == 28 else pixels
            st.image(image, caption=name, width=STEP, output_format="PNG", alt=name)


def answer_test_image(run: Run, right: Any, below: Any) -> None:
    """What the network says of a test image, beside what its label says."""
    images, labels = datasets.load("test")
    index = st.session_state["try.test_image"]
    label = int(labels[index])
    with right:
        found = predict_pixels(images[index], widgets.classifier(run))
        show_answer(f"Test image {index}, labelled {CLASS_NAMES[label]}", found, label)
    with below:  # so that nothing jumps when a drawing takes its place
        show_steps("A test image has the data set's form already", [("Test image", images[index])])


def show_answer(name: str, found: Prediction, label: int | None = None) -> None:
    """The answer in words, the 28 x 28 picture that it is about, and ten probabilities."""
    st.caption(name)
    st.subheader(in_words(found, bold=True), anchor=False)
    picture, chart = st.columns([2, 3])
    with picture:
        st.image(
            widgets.enlarged(found.prepared.pixels),
            caption="What the network sees: 28 x 28 pixels",
            width="stretch",
            output_format="PNG",
            alt=f"{name}, as 28 x 28 pixels",
        )
    with chart:
        widgets.probability_chart(found.probabilities, "try.chart", label)


def history() -> list[tuple[dict | None, bytes | None]]:
    """The drawing after each stroke, oldest first, as canvas JSON and PNG; never empty."""
    return st.session_state.setdefault("try.history", [(None, None)])


def _strokes(drawing: dict | None) -> list:
    """What makes two drawings differ, and nothing that the canvas adds on its own."""
    objects = (drawing or {}).get("objects", [])
    return [(item.get("path"), item.get("left"), item.get("top")) for item in objects]


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _set_source(source: str) -> None:
    st.session_state["try.source"] = source


def _canvas_key() -> str:
    return f"try.canvas.{st.session_state.setdefault('try.mount', 0)}"


# A stroke and the press of a button may come together, in either order: the stroke goes first.


def _keep_drawing() -> None:
    """Put what the canvas shows into the history, if it is new, as (JSON, PNG)."""
    if (state := st.session_state.get(_canvas_key())) is None:  # no canvas any more
        return
    drawing = CanvasResult(state.drawing["raw"], state.drawing["data"], return_image_data=True)
    if drawing.image_bytes and _strokes(drawing.json_data) != _strokes(history()[-1][0]):
        new = (drawing.json_data, drawing.image_bytes)
        st.session_state["try.history"] = [*history()[-STROKES_KEPT:], new]
        _set_source("drawing")


def _change_tool() -> None:
    _keep_drawing()
    _mount_anew()


def _undo() -> None:
    _keep_drawing()
    # A second click may come before the button is disabled.
    st.session_state["try.history"] = history()[:-1] or [(None, None)]
    _mount_anew()
    _set_source("drawing")


def _keep_upload() -> None:
    """Keep the photo, as the uploader itself forgets it on another page; or go back, if it is taken away."""
    if upload := st.session_state["try.upload"]:
        st.session_state["try.photo"] = (upload.name, upload.getvalue())
        _set_source("upload")
    elif st.session_state["try.source"] == "upload":
        _set_source("drawing" if history()[-1][1] else "test image")


def _clear() -> None:
    _keep_drawing()
    if history()[-1][1]:  # so that Undo brings it back
        st.session_state["try.history"] = [*history(), (None, None)]
    _mount_anew()
    _set_source("drawing")


def _mount_anew() -> None:
    st.session_state["try.mount"] += 1


def _surprise() -> None:
    _keep_drawing()
    st.session_state["try.test_image"] = int(np.random.default_rng().integers(datasets.TEST_IMAGES))
    _set_source("test image")


page()
