"""Try it: draw or upload a garment, or take a test image, and see what the network says."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import streamlit as st

from fmnist.app.components.gallery import clicked, gallery
from fmnist.app.components.probability_bars import probability_bars
from fmnist.app.components.sketch import drawing, sketch
from fmnist.app.components.watchers import scroll_to
from fmnist.app.shared import styles, widgets
from fmnist.app.try_it import crop_box, inputs, uploads
from fmnist.app.try_it.tips import tip
from fmnist.data import fashion_mnist
from fmnist.data.image_files import PictureError
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference.prediction import Prediction, in_words, predict, predict_pixels
from fmnist.preprocessing.examples import examples, thumbnails
from fmnist.runs import cache
from fmnist.runs.run import Run

STYLE = Path(__file__).with_name("try_it.css")
EXAMPLES = "try.examples"
HINTS = {
    "drawing": "Draw the outline of a T-shirt, a boot or a bag: the prediction follows each stroke.",
    "camera": "Take a photo of one item on a plain background, all of it in the picture.",
}


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the page says to what was asked: a prediction, or a problem, or neither yet."""

    name: str  # of what was asked about, as Markdown
    found: Prediction | None = None
    problem: str = ""  # a sentence
    label: int | None = None  # the true class, where known


def page() -> None:
    """The whole page."""
    widgets.page_header("Try it", "Draw a piece of clothing, or upload a photo of one.")
    styles.apply(STYLE)
    question_and_answer()


@st.fragment
def question_and_answer() -> None:
    """What is asked about, the answer, and other things to ask about; a stroke reruns only this.

    On a phone they stand one above the other, so that the answer is right below the canvas.
    """
    with st.container(key="try_page"):
        both, right = st.columns(2, gap="medium")
    with both:
        with st.container(key="try_both"):
            left, middle = st.columns(2, gap="medium")
        below = st.container(key="try_steps", gap="xsmall")
    with right, st.container(gap="xsmall"):
        run = widgets.choose_model()
        with widgets.errors_in_words():
            other_ways_to_ask()
    answer = None
    with middle, widgets.errors_in_words():
        if run:
            answer = answer_to_what_was_asked(run)
            show(answer)
    with left, st.container(gap="xsmall"):
        show_what_was_asked(answer)
    with below:
        if answer and answer.found:
            show_steps(answer.found)
    scroll_to("try_both", "try_answer", _about())
    uploads.refuse_large_files()


def answer_to_what_was_asked(run: Run) -> Answer:
    """The answer to whichever came last: a drawing, a photo or a test image."""
    classifier = widgets.classifier(run)
    source, photo, sketched = inputs.source(), inputs.photo(), drawing()
    if source == "test image":
        images, labels = fashion_mnist.load("test")
        index = inputs.test_image()
        name = f"Test image {index}, labelled {CLASS_NAMES[labels[index]]}"
        return Answer(name, predict_pixels(images[index], classifier), label=int(labels[index]))
    try:
        if source == "photo" and photo:
            if photo.problem:
                return Answer(photo.name, problem=photo.problem)
            chosen = crop_box.choice(photo)
            key = (photo.content, chosen.box, chosen.turns, chosen.item)
            return Answer(photo.name, predicted(run, cache.digest(run), *key))
        if source == "drawing" and sketched.content:
            return Answer("Your drawing", predict(sketched.content, classifier))
    except PictureError as error:
        return Answer(photo.name if source == "photo" else "Your drawing", problem=str(error))
    return Answer("")


@st.cache_resource(max_entries=4, show_spinner=False)
def predicted(
    _run: Run,
    digest: str,
    content: bytes,
    part: crop_box.Box | None,
    turns: int | None,
    item: int | None,
) -> Prediction:
    """What the run's model of that digest predicts for a photo: the page asks again and again.

    Raises:
        PictureError: it cannot be used.
    """
    return predict(content, widgets.classifier(_run), part, turns, item)


def show(answer: Answer) -> None:
    """The answer in words, the 28 x 28 image that it is about, and ten probabilities."""
    found = answer.found
    with st.container(key="try_answer", gap="xxsmall"):
        if answer.problem:
            st.error(f"{answer.name}: {answer.problem}")
        elif found:
            st.caption(answer.name)
            st.header(in_words(found, bold=True), anchor=False)
        else:
            st.info(HINTS[inputs.source()])
    if not found:
        return
    picture, chart = st.columns([2, 3], wrap=False)
    with picture:
        st.image(
            widgets.enlarged(found.prepared.pixels),
            caption="What the network sees: 28 x 28 pixels",
            width="stretch",
            output_format="PNG",
            alt=f"{answer.name}, as 28 x 28 pixels",
        )
    with chart:
        probability_bars(found.probabilities, "try.chart", answer.label)
    if found.unsure:
        st.caption(f":material/lightbulb: {found.reason} {tip(found.prepared)}")


def show_what_was_asked(answer: Answer | None) -> None:
    """The canvas; in its place, the photo that was brought, or the camera."""
    if inputs.source() == "camera":
        uploads.camera()
    elif inputs.source() == "photo" and answer and answer.found:
        crop_box.show(inputs.photo(), answer.found)
    else:
        sketch(inputs.take_drawing)


def show_steps(found: Prediction) -> None:
    """How the image became what the network sees, one small image a step."""
    if not found.prepared.steps:  # a test image; so that nothing jumps when a drawing follows
        steps = [("Test image", found.prepared.pixels)]
        st.caption("A test image has the data set's form already")
    else:
        steps = found.prepared.steps
        st.caption("How your picture became what the network sees")
    _strip(steps)


def _strip(steps: Iterable[tuple[str, np.ndarray]]) -> None:
    with st.container(horizontal=True, gap="small", wrap=False):
        for name, pixels in steps:
            image = widgets.enlarged(pixels, 4) if len(pixels) == 28 else pixels
            st.image(image, caption=name, width="stretch", output_format="PNG", alt=name)


def other_ways_to_ask() -> None:
    """Upload, camera, examples, a random test image."""
    st.caption("Or bring a photo")
    with st.container(horizontal=True, gap="small"):
        uploads.uploader()
        st.button(
            "Camera",
            icon=":material/photo_camera:",
            key="try.camera",
            on_click=inputs.ask_about,
            args=("camera",),
        )
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption("Or choose an example", width="content")
        st.button(
            "Surprise me",
            icon=":material/casino:",
            key="try.surprise",
            type="tertiary",
            help="A test image, chosen at random",
            on_click=_surprise,
        )
    names = list(examples())
    spoken = [f"Example: {name}" for name in names]
    blank = [""] * len(names)
    gallery(thumbnails(), names, blank, EXAMPLES, spoken, on_click=_take_example, least=76)


def _about() -> str:
    """What tells one thing that is asked about from another; a drawing's strokes are one."""
    photo = inputs.photo()
    which = {"test image": inputs.test_image(), "photo": photo and photo.identity}
    return f"{inputs.source()} {which.get(inputs.source())}"


def _surprise() -> None:
    st.session_state["try.test_image"] = int(
        np.random.default_rng().integers(fashion_mnist.TEST_IMAGES)
    )
    inputs.ask_about("test image")


def _take_example() -> None:
    name = clicked(EXAMPLES)
    inputs.bring(f"Example: {name}", inputs.as_png(examples()[name]))


page()
