"""A list of test images: its gallery, page by page, and the one that is chosen, in the URL."""

import dataclasses
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fmnist.app.components.gallery import clicked, gallery
from fmnist.app.shared import address, widgets
from fmnist.app.shared.predictions import Predictions

ON_A_PAGE = 300  # thumbnails
KEY = "mistakes.gallery"
FOUND = "mistakes-found"  # the key of the line with the list's length


@dataclasses.dataclass(frozen=True)
class Listing:
    """Test images in an order, and their captions."""

    images: np.ndarray  # (N,) indices
    caption: Callable[[int], str]  # of the image with that index
    name: str  # "mistakes", say
    empty: str = "No test image of this class is predicted as that one."

    @property
    def counted(self) -> str:
        """How many there are of what: "2,312 mistakes"."""
        return widgets.counted(len(self.images), self.name)

    def place(self, image: int) -> int | None:
        """Where the image stands in the list."""
        places = np.flatnonzero(self.images == image)
        return int(places[0]) if len(places) else None

    def beside(self, image: int, step: int) -> int | None:
        """The image so many places further; None beyond the ends. From an image that is not in the list, the first."""
        place = self.place(image)
        wanted = 0 if place is None else place + step
        return int(self.images[wanted]) if 0 <= wanted < len(self.images) else None


def chosen(count: int) -> int | None:
    """The index of the one of `count` test images that the URL names; a warning where there is no such image."""
    named = st.query_params.get("image")
    if named is None:
        return None
    if re.fullmatch(r"[0-9]{1,7}", named) and int(named) < count:
        return int(named)
    st.warning(
        f"There is no test image {address.quoted(named)}; expected a number from 0 to {count - 1:,}."
    )
    return None


def choose(image: int | None, listing: Listing | None = None) -> None:
    """Put an image into the URL, or remove it, and turn to its page of the list."""
    if image is None:
        st.query_params.pop("image", None)
        return
    st.query_params["image"] = str(image)
    if listing and (place := listing.place(image)) is not None:
        st.session_state["page"] = place // ON_A_PAGE + 1


def first_page() -> None:
    """Turn to the first page, as the list has changed."""
    st.session_state["page"] = 1


def places(image: int | None) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Containers for the figures, or the chosen image, and for the list.

    Figures and list are beside each other on a wide screen, where the figures stay in view; the list
    is below the image. By the style, as both are in the same two places: what moved to another would be
    drawn there while it is still to be seen where it was.
    """
    with st.container(key="side_by_side" if image is None else "one_below_the_other"):
        figures, found = st.columns([5, 6], gap="medium")
    return figures.container(key="stays" if image is None else "at_the_top"), found


def show_gallery(predictions: Predictions, listing: Listing, image: int | None = None) -> None:
    """A thumbnail per image; a click opens it at the top of the page."""
    with st.container(horizontal=True, vertical_alignment="center", key=FOUND):
        click = " Click one to see it large." if len(listing.images) else ""
        st.caption(widgets.plain(f"{listing.counted}.{click}"))
        if len(listing.images):
            name = f"{predictions.run.name}-images.csv"
            widgets.download("List", lambda: table(predictions, listing), name)
    if not len(listing.images):
        st.info(listing.empty)
        return
    images = _page(listing.images)
    captions = [listing.caption(index) for index in images]
    gallery(
        predictions.images[images],
        images,
        captions,
        KEY,
        [f"Test image {index}: {text}" for index, text in zip(images, captions, strict=True)],
        on_click=_open,
        chosen=image,
        to_top=True,
    )


def table(predictions: Predictions, listing: Listing) -> str:
    """The list as CSV: index, label, predicted class, and the probability of each class."""
    images, names = listing.images, np.array(predictions.dataset.class_names)
    about = pd.DataFrame(
        {
            "image": images,
            "label": names[predictions.labels[images]],
            "predicted": names[predictions.predicted[images]],
        }
    )
    probabilities = predictions.probabilities[images].astype(float).round(4)
    rows = pd.concat([about, pd.DataFrame(probabilities, columns=names)], axis="columns")
    return rows.to_csv(index=False)


def _page(images: np.ndarray) -> list[int]:
    """The page of the list that is shown; a choice of pages where there are several."""
    pages = -(-len(images) // ON_A_PAGE)
    if st.session_state.get("page", 1) > pages:
        st.session_state["page"] = pages
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    start = (page - 1) * ON_A_PAGE
    return [int(index) for index in images[start : start + ON_A_PAGE]]


def _open() -> None:
    choose(clicked(KEY))
