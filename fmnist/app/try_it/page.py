"""Try it: draw or upload a garment, or choose a test image, and see the prediction."""

import contextlib
import dataclasses
from pathlib import Path

import streamlit as st
from PIL import Image

from fmnist.app.components.probability_bars import probability_bars
from fmnist.app.components.sketch import drawing, sketch
from fmnist.app.components.watchers import scroll_to
from fmnist.app.learn import invite
from fmnist.app.shared import lesson, step_panel, styles, widgets
from fmnist.app.shared.glossary import term
from fmnist.app.try_it import (
    correct,
    crop_box,
    examples,
    inputs,
    other_inputs,
    photo_table,
    uploads,
)
from fmnist.app.try_it.tips import tip
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.data.image_files import ImageFileError
from fmnist.inference import doubt
from fmnist.inference.prediction import Prediction, in_words, predict, predict_pixels
from fmnist.preprocessing.framing import background
from fmnist.preprocessing.preprocess import Box
from fmnist.runs import cache
from fmnist.runs.run import Run

STYLE = Path(__file__).with_name("try_it.css")
HINTS = {
    "drawing": "Draw the outline of {}: the prediction follows each stroke.",
    "camera": "Take a photo of one item on a plain background, all of it in the frame.",
}


@dataclasses.dataclass(frozen=True)
class Output:
    """The result for an input: a prediction, or a problem, or neither yet."""

    name: str  # of the input, as Markdown
    found: Prediction | None = None
    problem: str = ""  # a sentence
    label: int | None = None  # the true class, where known
    picture: Image.Image | None = None  # the drawing or the part of a photo that was predicted for


def page() -> None:
    """The whole page."""
    widgets.page_header(
        "Try it",
        f"Draw an item, or upload a photo of one, and a {term('network')} classifies it.",
    )
    invite.show()
    styles.apply(STYLE)
    input_and_output()


@st.fragment
def input_and_output() -> None:
    """The input, its prediction, and other inputs to choose; a stroke reruns only this.

    On a phone they stand one above the other, so that the prediction is right below the canvas.
    """
    with st.container(key="try_page"):
        both, right = st.columns(2, gap="medium")
    with right, st.container(gap="xsmall"):
        run = widgets.choose_model()
        if run:
            inputs.follow_link(run.dataset)
            inputs.write_link(run.dataset)  # before the prediction, which takes longer
            with widgets.errors_in_words():
                other_inputs.show(run)
    photos = inputs.several() if inputs.source() == "several" else None
    with both, widgets.errors_in_words():
        if photos and run:
            photo_table.show(photos, run)
        else:
            one_input(run)
    blocks = (photo_table.BLOCK, photo_table.SUMMARY) if photos else ("try_both", "try_output")
    scroll_to(*blocks, _identity())
    uploads.refuse_large_files()
    _notice()


def _notice() -> None:
    """Tell an open lesson what the visitor has brought."""
    if inputs.source() == "drawing" and drawing().content:
        lesson.notice("drawing", drawing().id)
    first = ("drawing None", "camera None", f"test image {inputs.FIRST_TEST_IMAGE}")
    if _identity() not in first:
        lesson.notice("prediction", _identity())


def one_input(run: Run | None) -> None:
    """An input beside its prediction, and below both the steps from one to the other."""
    if inputs.source() == "photo" and (photo := inputs.photo()):
        photo_table.back(photo)
    with st.container(key="try_both"):
        left, middle = st.columns(2, gap="medium")
    below = st.container(key="try_steps", gap="xsmall")
    output = None
    with middle, widgets.errors_in_words():
        if run:
            output = classify(run)
            show(output, run)
            if output.found and output.picture:
                correct.show(run.dataset, output.picture, output.found)
    with left, st.container(gap="xsmall"):
        if run:
            show_input(output, run)
    with below:
        if run and output and output.found:
            show_steps(output.found)
            show_network(output.found, run)


def classify(run: Run) -> Output:
    """The prediction for the chosen input: a drawing, a photo or a test image."""
    classifier = widgets.classifier(run)
    source, photo, sketched = inputs.source(), inputs.photo(), drawing()
    name = photo.name if source == "photo" and photo else "Your drawing"
    if source == "test image":
        images, labels = run.dataset.load("test")
        index = inputs.test_image(len(labels))
        label = widgets.class_name(run.dataset.class_names[labels[index]])
        name = f"Test image {index}, labelled {label}"
        return Output(name, predict_pixels(images[index], classifier), label=int(labels[index]))
    try:
        if source == "photo" and photo:
            if photo.problem:
                return Output(name, problem=photo.problem)
            chosen = crop_box.choice(photo)
            key = (photo.content, chosen.box, chosen.turns, chosen.item)
            found = predicted(run, cache.identity(run), *key)
            return Output(name, found, picture=found.shown(chosen.box))
        if source == "drawing" and sketched.content:
            found = predict(sketched.content, classifier)
            return Output(name, found, picture=found.shown())
    except ImageFileError as error:
        return Output(name, problem=str(error))
    return Output("")


@st.cache_resource(max_entries=4, show_spinner=False)
def predicted(
    _run: Run,
    identity: str,
    content: bytes,
    part: Box | None,
    turns: int | None,
    item: int | None,
) -> Prediction:
    """What the run of that identity predicts for a photo; each rerun of the page needs it.

    Raises:
        ImageFileError: it cannot be used.
    """
    return predict(content, widgets.classifier(_run), part, turns, item)


def show(output: Output, run: Run) -> None:
    """The prediction as a sentence, the network's input, and the probability of each class."""
    found, dataset = output.found, run.dataset
    with st.container(key="try_output", gap="xxsmall"):
        if output.problem:
            st.error(f"{output.name}: {output.problem}")
        elif found:
            st.caption(output.name)
            st.header(in_words(found, _in_bold), anchor=False)
        else:
            st.info(HINTS[inputs.source()].format(examples.in_words(dataset)))
    if not found:
        return
    pixels, chart = st.columns([2, 3], wrap=False)
    with pixels:
        st.image(
            widgets.enlarged(found.prepared.pixels),
            caption=f"{term('Input')}: {dataset.form.size}",
            width="stretch",
            output_format="PNG",
            alt=f"{output.name}, as {dataset.form.size} pixels",
        )
    with chart:
        probability_bars(found.probabilities, dataset.class_names, "try.chart", output.label)
        st.caption(f"{term('Confidence')} in each class")
    if found.unsure:
        words = f"{widgets.plain(found.reason)} {tip(found.prepared, dataset)}"
        st.caption(f":material/lightbulb: {words}")
    if problem := doubt.problem(widgets.classifier(run)):
        st.caption(problem)


def _in_bold(name: str) -> str:
    return f"**{widgets.class_name(name)}**"


def show_input(output: Output | None, run: Run) -> None:
    """The canvas; in its place, the photo, or the camera."""
    if inputs.source() == "camera":
        uploads.camera()
    elif inputs.source() == "photo" and (photo := inputs.photo()) and output and output.found:
        crop_box.show(photo, output.found)
    else:
        hint = f"Draw here: {examples.in_words(run.dataset)}"
        sketch(inputs.take_drawing, run.dataset.form.colour, _is_dark(run.dataset), hint)


def _is_dark(dataset: DataSet) -> bool:
    """Whether drawings in colour need black paper, as no negative is made of them."""
    with contextlib.suppress(DatasetError):
        whole = dataset.framing != "cut-out" and dataset.form.colour
        return whole and background(dataset) == "dark"
    return False


def show_steps(found: Prediction) -> None:
    """The steps of preprocessing, a small image for each."""
    if not found.prepared.steps:
        st.caption("A test image needs no preprocessing.")
        return
    st.caption(
        f"{term('Preprocessing')}: from your image to the network's input{_of_readings(found)}"
    )
    side = len(found.prepared.pixels)
    with st.container(horizontal=True, gap="small", wrap=False):
        for name, pixels in (*found.prepared.steps, *found.prepared.readings):
            image = widgets.enlarged(pixels, 112) if len(pixels) == side else pixels
            st.image(image, caption=name, width="stretch", output_format="PNG", alt=name)


def show_network(found: Prediction, run: Run) -> None:
    """The way from the network's input to the class, layer by layer, once somebody opens it."""
    prepared = found.prepared
    if prepared.kind != "image":
        name = "My drawing" if prepared.kind == "drawing" else "My photo"
        step_panel.remember(name, prepared.pixels, run.dataset)
    with st.expander("Step through the network", key="try.network", on_change="rerun") as network:
        if network.open:
            step_panel.show(run, prepared.pixels, 1 + len(prepared.readings))


def _of_readings(found: Prediction) -> str:
    """How several readings of one image become one prediction; empty if there is one."""
    count = 1 + len(found.prepared.readings)
    return f"s. The probabilities are the mean over the last {count}." if count > 1 else ""


def _identity() -> str:
    """The identity of the input; all strokes of a drawing have the same one."""
    photo = inputs.photo()
    if (several := inputs.several()) and inputs.are_several():
        return several.identity  # of the table, and of each of its photos
    which = {
        "test image": st.session_state.get("try.test_image"),
        "photo": photo and photo.identity,
    }
    return f"{inputs.source()} {which.get(inputs.source())}"


page()
