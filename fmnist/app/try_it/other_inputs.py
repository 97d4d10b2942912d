"""What can be classified in place of a drawing: a photo, an example, a random test image."""

import numpy as np
import streamlit as st

from fmnist.app.shared import lesson
from fmnist.runs.run import Run

from . import examples, inputs, photo_table, uploads


def show(run: Run) -> None:
    """Upload, camera, examples, a random test image."""
    if not lesson.hides("upload"):
        _photos()
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption("Or choose an example", width="content")
        st.button(
            "Surprise me",
            icon=":material/casino:",
            key="try.surprise",
            type="tertiary",
            help="Choose a test image at random",
            on_click=_surprise,
            args=(run.dataset.test_images,),
        )
    examples.show(run.dataset)


def _photos() -> None:
    """Upload and camera."""
    st.caption("Or use a photo")
    with st.container(horizontal=True, gap="small"):
        uploads.uploader()
        st.button(
            "Camera",
            icon=":material/photo_camera:",
            key="try.camera",
            on_click=inputs.use,
            args=("camera",),
        )
        if not inputs.are_several():
            photo_table.button()
    st.caption(uploads.LIMITS)


def _surprise(count: int) -> None:
    st.session_state["try.test_image"] = int(np.random.default_rng().integers(count))
    inputs.use("test image")
