"""Mistakes: what a model gets wrong, image by image and as a whole."""

import streamlit as st

from fmnist.app.mistakes import (
    calibration,
    comparison,
    error_gallery,
    image_list,
    label_errors,
    robustness,
)
from fmnist.app.shared import lesson, widgets
from fmnist.app.shared.glossary import term
from fmnist.data.dataset import DatasetError
from fmnist.runs.run import Run

VIEWS = {
    "Mistakes": error_gallery.show,
    "Labels": label_errors.show,
    "Compare": comparison.show,
    "Robustness": robustness.show,
    "Calibration": calibration.show,
}


def page() -> None:
    """The whole page; only the chosen view is computed."""
    with st.container(horizontal=True, vertical_alignment="center", key="mistakes_header"):
        widgets.page_header(
            "Mistakes",
            f"The {term('test images')} that a model misclassifies. Is the model wrong, or the {term('label')}?",
        )
        run = widgets.choose_model(about=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        view = widgets.choice(
            "View",
            VIEWS,
            "view",
            label_visibility="collapsed",
            on_change=image_list.first_page,
        )
        if run:
            accuracy = f"**{run.figures['test_accuracy']:.2%}**"
            st.caption(f"{term('Test accuracy')} {accuracy} on {run.dataset.name}")
    if run:
        with widgets.errors_in_words():
            widgets.warn_if_doubtful(run)
            show_view(view, run)
        if image := st.query_params.get("image"):
            lesson.notice("mistake", image)


def show_view(view: str, run: Run) -> None:
    """One of the views; where the run's data set is gone, what there still is."""
    try:
        VIEWS[view](run)
    except DatasetError as error:
        st.error(
            f"{error} The accuracy above was measured while it was there; the model still works on the pages Models "
            "and Try it."
        )


page()
