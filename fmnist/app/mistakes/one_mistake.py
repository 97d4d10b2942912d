"""One test image: what the network says of it, why, and whether its label is to be believed."""

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
from fmnist.app.shared.predictions import Answers, answers, others
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import cache
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import image_list, label_buttons, neighbours
from .image_list import Listing

SCALE = 10  # screen pixels an image pixel
NEIGHBOURS = 12
REFRESH = 3  # seconds between two looks while points are worked out
FAINT = 0.1  # of probability: what costs less is not shown as if it were much
KEY = "mistakes.similar"


def show(told: Answers, image: int, listing: Listing) -> None:
    """Everything about one image; what is quick to know comes first."""
    show_steps(image, listing)
    show_sentence(told, image)
    pictures, question = st.container(), st.container()
    # Before the pictures, which take longer: nobody sees one with the buttons of another.
    with question:
        label_buttons.show(image, CLASS_NAMES[told.labels[image]])
    with pictures:
        flip = show_pictures(told, image)
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_neighbours(told.run, image)
    with right:
        show_other_models(told, image)
    with flip:  # takes hundreds of predictions
        show_flip(told, image)


def show_pictures(told: Answers, image: int) -> DeltaGenerator:
    """The image, the ten probabilities, and where the network looked; the place for what changes its mind."""
    label = int(told.labels[image])
    picture, chart, look, flip = (
        place.container(gap="xsmall") for place in st.columns([4, 5, 4, 4])
    )
    with picture:
        st.caption("What it saw")
        _show(widgets.enlarged(told.images[image]), f"Test image {image}")
    with chart:
        st.caption("What it said")
        probabilities = told.probabilities[image].astype(np.float32)
        probability_bars(probabilities, "mistakes.chart", label)
    with look:
        st.caption("Where it looked")
        show_occlusion(told, image)
    with flip:
        st.caption("What changes its mind")
    return flip


def show_steps(image: int, listing: Listing) -> None:
    """Back to the matrix, one back, one on; by keys, too."""
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
                args=[listing, step],
            )
        of = "not among" if place is None else f"{place + 1:,} of"
        st.caption(f"{of} {listing.counted}")


def show_sentence(told: Answers, image: int) -> None:
    """Number, label and answer."""
    label, answer = CLASS_NAMES[told.labels[image]], CLASS_NAMES[told.predicted[image]]
    predicted = answer if label != answer else "the same"
    sure = f"{told.confidence[image]:.0%}"
    st.header(f"Test image {image}: labelled {label}, predicted {predicted} ({sure})", anchor=False)


def show_occlusion(told: Answers, image: int) -> None:
    """The picture with the places coloured that the answer comes from."""
    drop = _occlusion(told.run.path, cache.digest(told.run), image)
    _show(heated(told.images[image], drop), "Where the network looked")
    most = round(100 * drop.max())
    cost = f"up to {most} points" if most > 0 else "less than a point"
    st.caption(
        f"Covering :orange[orange] costs the answer {cost} of probability; covering :green[green] "
        "raises it (occlusion sensitivity)."
    )


def heated(pixels: np.ndarray, drop: np.ndarray) -> Image.Image:
    """A (28, 28) uint8 picture, large, coloured by what `explain.occlusion` says of it."""
    grey = np.repeat(pixels[..., None], 3, axis=2).astype(float)
    share = np.abs(drop) / max(FAINT, np.abs(drop).max())
    # Amber is where the answer comes from, teal what speaks against it.
    colour = np.where(
        drop[..., None] > 0, colours.rgb(colours.amber()), colours.rgb(colours.teal())
    )
    mixed = grey + 0.75 * share[..., None] * (colour - grey)
    return widgets.enlarged(mixed.astype(np.uint8), SCALE)


def show_flip(told: Answers, image: int) -> None:
    """The picture with the smallest patch that makes the network say something else."""
    flip = _flip(told.run.path, cache.digest(told.run), image)
    if flip is None:
        st.info("No black or white patch that was tried changes its answer, however large.")
        return
    _show(patched(told.images[image], flip), "The smallest change of mind")
    patch = flip.patch
    size = f"{patch.size} x {patch.size} pixels" if patch.size > 1 else "One pixel"
    st.caption(
        f"{size} in {'white' if patch.grey else 'black'}, and it says "
        f"**{CLASS_NAMES[flip.answer]}** ({flip.probability:.0%})."
    )


def patched(pixels: np.ndarray, flip: Flip) -> Image.Image:
    """A (28, 28) uint8 picture, large, with the patch on it and a frame around."""
    picture = widgets.enlarged(flip.patch.on(pixels), SCALE).convert("RGB")
    top, left = SCALE * flip.patch.top, SCALE * flip.patch.left
    bottom, right = (edge + SCALE * flip.patch.size - 1 for edge in (top, left))
    edges = [max(0, left - 3), max(0, top - 3), min(279, right + 3), min(279, bottom + 3)]
    ImageDraw.Draw(picture).rectangle(edges, outline=colours.MAGENTA, width=3)
    return picture


def show_other_models(told: Answers, image: int) -> None:
    """The same image under every model that has been trained."""
    st.caption("What each model says; ✓ is as labelled")
    rows = []
    for run in [told.run, *others(told.run)]:
        try:
            its = answers(run)
        except RunError:  # a damaged one says so where it is chosen
            continue
        tick = " ✓" if its.predicted[image] == its.labels[image] else ""
        answer = CLASS_NAMES[its.predicted[image]] + tick
        rows.append((run.name, answer, 100 * float(its.confidence[image])))
    st.dataframe(
        pd.DataFrame(rows, columns=["Model", "Answer", "Confidence"]),
        hide_index=True,
        column_config={
            "Confidence": st.column_config.ProgressColumn(format="%.0f%%", max_value=100)
        },
    )


def show_neighbours(run: Run, image: int) -> None:
    """The images nearest to this one, to this network; more of them while they are found."""
    known = neighbours.embedding(run)
    widgets.wait_for_sample(known)
    growing = not (known.complete or known.problem)
    st.fragment(_neighbours, run_every=REFRESH if growing else None)(run, image, growing)


@widgets.errors_in_words()
def _neighbours(run: Run, image: int, growing: bool) -> None:
    known = neighbours.embedding(run)
    if growing and (known.complete or known.problem):
        st.rerun()  # the page stops looking
    st.caption("The training images most like it, to this network: their labels and distances")
    found = known.points
    if known.problem:
        st.error(known.problem)
    elif found is None:
        st.progress(0.0, "Looking at the training images: once for each model, in the background.")
    else:
        test_images, _ = fashion_mnist.load("test")
        nearest = found.nearest(test_images[image], widgets.classifier(run), NEIGHBOURS)
        _nearest_training_images(*nearest, len(found.train))
        _nearest_test_images(run, found.test, image)
        if not known.complete:
            done = f"Of the first {len(found.train):,} training images so far; more follow."
            st.progress(known.progress, done)


def _nearest_training_images(found: np.ndarray, distances: np.ndarray, count: int) -> None:
    pictures, labels = fashion_mnist.load("train")
    captions = [
        f"{CLASS_NAMES[labels[index]]} {apart:.2f}"
        for index, apart in zip(found, distances, strict=True)
    ]
    names = [f"Training image {i}: {text}" for i, text in zip(found, captions, strict=True)]
    gallery(pictures[found], found.tolist(), captions, "mistakes.nearest", names, still=True)
    st.caption(
        f"Of the first {count:,} training images. "
        "Distance 1 is that of two of them picked at random."
    )


def _nearest_test_images(run: Run, test: np.ndarray, image: int) -> None:
    """Test images nearby, to be clicked."""
    if len(test) < fashion_mnist.TEST_IMAGES:
        return
    st.caption("The test images most like it. Click one to go on from there.")
    told = answers(run)
    found, _ = attribution.nearest(
        test[image].astype(np.float32), test, NEIGHBOURS, leave_out=image
    )
    captions = [told.caption(index) for index in found]
    names = [f"Similar test image {i}: {text}" for i, text in zip(found, captions, strict=True)]
    gallery(told.images[found], found.tolist(), captions, KEY, names, _open, to_top=True)
    if st.session_state.pop("mistakes.opened", False):
        st.rerun()


def _open() -> None:
    image_list.choose(clicked(KEY))
    st.session_state["mistakes.opened"] = True  # all of the page is about another image now


def _step(listing: Listing, step: int) -> None:
    # Asked when it is pressed: on a page that is not yet drawn to the end, the button is that of the
    # image before, and whoever presses it again wants to go on from where that led.
    image = image_list.chosen()
    if image is not None and (wanted := listing.beside(image, step)) is not None:
        image_list.choose(wanted, listing)


def _show(picture: Image.Image, name: str) -> None:
    st.image(picture, width="stretch", output_format="PNG", alt=name)


@st.cache_data(max_entries=256, show_spinner=False)
def _occlusion(path: Path, digest: str, image: int) -> np.ndarray:
    pictures, _ = fashion_mnist.load("test")
    return attribution.occlusion(widgets.classifier(Run(path)).probabilities, pictures[image])


@st.cache_data(max_entries=256, show_spinner=False)
def _flip(path: Path, digest: str, image: int) -> Flip | None:
    pictures, _ = fashion_mnist.load("test")
    ask = widgets.classifier(Run(path)).probabilities
    return attribution.smallest_flip(ask, pictures[image], _occlusion(path, digest, image))
