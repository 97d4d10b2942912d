"""One test image: its prediction, the evidence for it, and whether its label is correct."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageDraw
from streamlit.delta_generator import DeltaGenerator

from fmnist.analysis import attribution
from fmnist.analysis.attribution import Flip
from fmnist.app.components.gallery import clicked, gallery
from fmnist.app.components.probability_bars import probability_bars
from fmnist.app.shared import colours, widgets
from fmnist.app.shared.glossary import term
from fmnist.app.shared.predictions import Predictions, load_predictions, others
from fmnist.data.dataset import DataSet
from fmnist.runs import cache
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import image_list, label_buttons, neighbours
from .image_list import Listing

NEIGHBOURS = 12
REFRESH = 3  # seconds between two looks while embeddings are computed
FAINT = 0.1  # of probability: what costs less is not shown as if it were much
KEY = "mistakes.similar"


def show(predictions: Predictions, image: int, listing: Listing) -> None:
    """Everything about one image; what is computed quickly comes first."""
    show_steps(image, listing, len(predictions.labels))
    show_sentence(predictions, image)
    images, question = st.container(), st.container()
    # Before the images, which take longer, so that no image is seen with the buttons of another.
    with question:
        label_buttons.show(predictions.dataset, image, int(predictions.labels[image]))
    with images:
        flip = show_images(predictions, image)
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_neighbours(predictions.run, image)
    with right:
        show_other_models(predictions, image)
    with flip:  # takes hundreds of predictions
        show_flip(predictions, image)


def show_images(predictions: Predictions, image: int) -> DeltaGenerator:
    """The image, the probabilities and the occlusion map; returns the place for the counterfactual."""
    label = int(predictions.labels[image])
    pixels, chart, occlusion, flip = (
        place.container(gap="xsmall") for place in st.columns([4, 5, 4, 4])
    )
    with pixels:
        st.caption("Network input")
        _show(widgets.enlarged(predictions.images[image]), f"Test image {image}")
    with chart:
        st.caption("Predicted probabilities")
        probabilities = predictions.probabilities[image].astype(np.float32)
        probability_bars(probabilities, predictions.dataset.class_names, "mistakes.chart", label)
    with occlusion:
        st.caption("Occlusion sensitivity")
        show_occlusion(predictions, image)
    with flip:
        st.caption("Counterfactual")
    return flip


def show_steps(image: int, listing: Listing, count: int) -> None:
    """Back to the matrix, one back, one on, of `count` test images; by keys, too."""
    place = listing.place(image)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Back",
            icon=":material/close:",
            key="mistakes.back",
            shortcut="B",
            on_click=image_list.choose,
            args=[None],
        )
        for step, label, icon, key in (
            (-1, "Previous", ":material/chevron_left:", "Left"),
            (1, "Next", ":material/chevron_right:", "Right"),
        ):
            st.button(
                label,
                icon=icon,
                key=f"mistakes.{label}",
                shortcut=key,
                disabled=listing.beside(image, step) is None,
                on_click=_step,
                args=[listing, step, count],
            )
        of = "not among" if place is None else f"{place + 1:,} of"
        st.caption(widgets.plain(f"{of} {listing.counted}"))


def show_sentence(predictions: Predictions, image: int) -> None:
    """Number, label, predicted class and confidence."""
    names = predictions.dataset.class_names
    label, predicted = (
        widgets.class_name(names[classes[image]])
        for classes in (predictions.labels, predictions.predicted)
    )
    predicted = predicted if label != predicted else "the same"
    confidence = f"{predictions.confidence[image]:.0%}"
    st.header(
        f"Test image {image}: labelled {label}, predicted {predicted} ({confidence})", anchor=False
    )


def show_occlusion(predictions: Predictions, image: int) -> None:
    """The image, coloured where the prediction depends on it."""
    drop = _occlusion(predictions.run.path, cache.digest(predictions.run), image)
    _show(heated(predictions.images[image], drop), "Occlusion sensitivity")
    most = round(100 * drop.max())
    cost = f"up to {most} points" if most > 0 else "less than a point"
    st.caption(
        f"Covering :orange[amber] lowers the predicted probability by {cost}; covering "
        ":green[teal] raises it."
    )


def heated(pixels: np.ndarray, drop: np.ndarray) -> Image.Image:
    """An image, (S, S) or (S, S, 3) uint8, enlarged, coloured by the result of `attribution.occlusion`.

    In grey, so that what is coloured stands out.
    """
    grey = np.repeat(_grey(pixels)[..., None], 3, axis=2)
    share = np.abs(drop) / max(FAINT, np.abs(drop).max())
    # Amber pixels support the prediction, teal ones speak against it.
    colour = np.where(
        drop[..., None] > 0, colours.rgb(colours.amber()), colours.rgb(colours.teal())
    )
    mixed = grey + 0.75 * share[..., None] * (colour - grey)
    return widgets.enlarged(mixed.astype(np.uint8))


def _grey(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).convert("L"), float)


def show_flip(predictions: Predictions, image: int) -> None:
    """The image with the smallest patch that changes the predicted class."""
    flip = _flip(predictions.run.path, cache.digest(predictions.run), image)
    if flip is None:
        st.info("None of the black and white patches tried changes the predicted class.")
        return
    _show(patched(predictions.images[image], flip), "Counterfactual")
    patch = flip.patch
    size = f"{patch.size} x {patch.size} pixels" if patch.size > 1 else "one pixel"
    st.caption(
        f"The smallest change found: {size} in {'white' if patch.tone else 'black'}, and the prediction "
        f"is **{widgets.class_name(predictions.dataset.class_names[flip.predicted])}** ({flip.probability:.0%})."
    )


def patched(pixels: np.ndarray, flip: Flip) -> Image.Image:
    """An image, (S, S) or (S, S, 3) uint8, enlarged, with the patch on it and a frame around."""
    image = widgets.enlarged(flip.patch.on(pixels)).convert("RGB")
    scale, last = image.width // len(pixels), image.width - 1
    top, left = scale * flip.patch.top, scale * flip.patch.left
    bottom, right = (edge + scale * flip.patch.size - 1 for edge in (top, left))
    edges = [max(0, left - 3), max(0, top - 3), min(last, right + 3), min(last, bottom + 3)]
    ImageDraw.Draw(image).rectangle(edges, outline=colours.MAGENTA, width=3)
    return image


def show_other_models(predictions: Predictions, image: int) -> None:
    """Every trained model's prediction for the same image."""
    st.caption("Predictions of all models; ✓ matches the label")
    rows = []
    for run in [predictions.run, *others(predictions.run)]:
        try:
            its = load_predictions(run)
        except RunError:  # a damaged one is reported where it is chosen
            continue
        tick = " ✓" if its.predicted[image] == its.labels[image] else ""
        predicted = predictions.named(its.predicted[image]) + tick
        rows.append((run.name, predicted, 100 * float(its.confidence[image])))
    st.dataframe(
        pd.DataFrame(rows, columns=["Model", "Prediction", "Confidence"]),
        hide_index=True,
        column_config={
            "Confidence": st.column_config.ProgressColumn(format="%.0f%%", max_value=100)
        },
    )


def show_neighbours(run: Run, image: int) -> None:
    """The nearest neighbours of this image in the network's embedding; more of them while they are computed."""
    known = neighbours.embedding(run)
    widgets.wait_for_sample(known)
    growing = not (known.complete or known.problem)
    st.fragment(_neighbours, run_every=REFRESH if growing else None)(run, image, growing)


@widgets.errors_in_words()
def _neighbours(run: Run, image: int, growing: bool) -> None:
    known = neighbours.embedding(run)
    if growing and (known.complete or known.problem):
        st.rerun()  # the page stops looking
    st.caption(
        f"Nearest training images in the network's {term('embedding')} (the input of its last layer): labels, distances"
    )
    found = known.points
    if known.problem:
        st.error(known.problem)
    elif found is None:
        st.progress(
            0.0,
            "Computing the embedding of the training images, once per model, in the background.",
        )
    else:
        test_images, _ = run.dataset.load("test")
        nearest = found.nearest(test_images[image], widgets.classifier(run), NEIGHBOURS)
        _nearest_training_images(run.dataset, *nearest, len(found.train))
        _nearest_test_images(run, found.test, image)
        if not known.complete:
            done = f"Of the first {len(found.train):,} training images so far; more follow."
            st.progress(known.progress, done)


def _nearest_training_images(
    dataset: DataSet, found: np.ndarray, distances: np.ndarray, count: int
) -> None:
    images, labels = dataset.load("train")
    captions = [
        f"{widgets.isolated(dataset.class_names[labels[index]])} {distance:.2f}"
        for index, distance in zip(found, distances, strict=True)
    ]
    names = [f"Training image {i}: {text}" for i, text in zip(found, captions, strict=True)]
    gallery(images[found], found.tolist(), captions, "mistakes.nearest", names, still=True)
    st.caption(f"Of the first {count:,} training images. Two random ones are about 1 apart.")


def _nearest_test_images(run: Run, test: np.ndarray, image: int) -> None:
    """The nearest test images, which can be clicked."""
    if len(test) < run.dataset.test_images:
        return
    st.caption("Nearest test images. Click one to open it.")
    predictions = load_predictions(run)
    found, _ = attribution.nearest(
        test[image].astype(np.float32), test, NEIGHBOURS, leave_out=image
    )
    captions = [predictions.caption(index) for index in found]
    names = [f"Similar test image {i}: {text}" for i, text in zip(found, captions, strict=True)]
    gallery(predictions.images[found], found.tolist(), captions, KEY, names, _open, to_top=True)
    if st.session_state.pop("mistakes.opened", False):
        st.rerun()


def _open() -> None:
    image_list.choose(clicked(KEY))
    st.session_state["mistakes.opened"] = True  # the whole page shows another image now


def _step(listing: Listing, step: int, count: int) -> None:
    # Looked up when it is pressed: on a page that is not yet complete the button is that of the image
    # before, and a second press should continue from there.
    image = image_list.chosen(count)
    if image is not None and (wanted := listing.beside(image, step)) is not None:
        image_list.choose(wanted, listing)


def _show(image: Image.Image, name: str) -> None:
    st.image(image, width="stretch", output_format="PNG", alt=name)


@st.cache_data(max_entries=256, show_spinner=False)
def _occlusion(path: Path, digest: str, image: int) -> np.ndarray:
    run = Run(path)
    images, _ = run.dataset.load("test")
    return attribution.occlusion(widgets.classifier(run).probabilities, images[image])


@st.cache_data(max_entries=256, show_spinner=False)
def _flip(path: Path, digest: str, image: int) -> Flip | None:
    run = Run(path)
    images, _ = run.dataset.load("test")
    predict = widgets.classifier(run).probabilities
    return attribution.smallest_flip(predict, images[image], _occlusion(path, digest, image))
