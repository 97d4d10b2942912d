"""Mistakes: what a model gets wrong, image by image and all in all."""

import streamlit as st

from fmnist.pages import (
    calibration,
    comparison,
    doubtful_labels,
    error_gallery,
    image_list,
    robustness,
    widgets,
)

VIEWS = {
    "Mistakes": error_gallery.show,
    "Labels": doubtful_labels.show,
    "Compare": comparison.show,
    "Robustness": robustness.show,
    "Calibration": calibration.show,
}


def page() -> None:
    """The whole page; only the chosen view is worked out."""
    title, model = st.columns([2, 1], vertical_alignment="bottom")
    with title:
        widgets.page_header(
            "Mistakes", "The test images that a model gets wrong. Is it at fault, or the label?"
        )
    with model:
        run = widgets.choose_model(about=False)
    view = st.segmented_control(
        "View",
        VIEWS,
        default="Mistakes",
        key="view",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        on_change=image_list.first_page,
    )
    if run:
        with widgets.errors_in_words():
            VIEWS[view](run)


page()
