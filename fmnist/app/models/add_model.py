"""Add a model file, or a run that another copy exported: it becomes a run, which every page shows."""

import tempfile
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fmnist.app.components.watchers import refused_upload, watch_uploader
from fmnist.app.shared import pages, refused, widgets
from fmnist.model_files import importer, preprocessings, sandbox, walls
from fmnist.model_files.inspection import ModelFileError
from fmnist.model_files.limited import Progress
from fmnist.runs.files import RunError

from . import run_actions

KEY = "models.add"
ADDED = f"{KEY}.added"  # the name of the run that was added last, to be announced
COUNT = f"{KEY}.count"  # of the files that were added
DETECT = "detect"
BOX = "models_add"  # the container of the upload box
TOO_LARGE = f"{KEY}.too_large"  # the message about a file that the browser stopped
MEGABYTE = 10**6  # as Streamlit's upload box counts them
MOST = 99  # megabytes; below server.maxUploadSize


def show() -> None:
    """A popover with the form; a new one, closed and empty, after a file was added."""
    if refused.instead("keep", "Add a model file", ":material/upload_file:"):
        return
    key = f"{KEY}.{st.session_state.get(COUNT, 0)}"
    with st.popover("Add a model file", icon=":material/upload_file:", key=key):
        with st.container(
            key=BOX
        ):  # takes any file: its content decides, and a refusal gives the reason
            file = st.file_uploader(
                "A model saved by Keras (.keras, .h5), or a run that was downloaded (.zip)",
                key=f"{key}.file",
            )
        if sentence := st.session_state.pop(TOO_LARGE, None):
            st.error(sentence)
        preprocessing = st.selectbox(
            "Preprocessing",
            [DETECT, *preprocessings.USUAL],
            format_func=_described,
            key=f"{key}.preprocessing",
            help="Of a model: how pixels were transformed before training. If you do not know, each way is tried on "
            "training images. A run knows its own.",
        )
        if st.button("Add", type="primary", disabled=file is None, key=f"{key}.button"):
            _add(file, None if preprocessing == DETECT else preprocessing)
        st.caption(
            "The file is loaded in a separate process with limited memory and time"
            f"{'' if walls.missing() else ', which reaches neither your files nor the network'}. Code in it is never executed."
        )
        for sentence in walls.missing():
            st.caption(sentence)


def refuse_large_files() -> None:
    """Refuse a file that is too large before it is sent; not in the popover, which comes late."""
    watch_uploader(BOX, MOST * MEGABYTE, _refuse)


def show_added() -> None:
    """That a model was added, with links to use it, as long as it is the chosen one."""
    name = st.session_state.get(ADDED)
    if name is None or st.session_state.get("model") != name:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: Added **{widgets.plain(name)}**.", width="content")
        for page, label, icon in (
            ("try_it", "Try it", ":material/draw:"),
            ("mistakes", "See its mistakes", ":material/search:"),
        ):
            st.page_link(pages.path_of(page), label=label, icon=icon, query_params={"model": name})


def _add(file: UploadedFile | None, preprocessing: str | None) -> None:
    """Make the run and show the page with it, or show why that is not possible."""
    if file is None:  # the server has no such file
        st.error("The file did not reach the server. Please upload it again.")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(file.getbuffer())
        bar = st.progress(0.0, "Waiting for another import to finish")
        try:
            run = importer.add(path, None, preprocessing, _show_on(bar), file.name)
        except (ModelFileError, RunError) as error:
            bar.empty()
            st.error(widgets.plain(str(error)))
            return
    st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    st.session_state[ADDED] = st.session_state[run_actions.NEXT] = run.name
    st.rerun()


def _refuse() -> None:
    """Keep the message about a file that is too large for the next run of the page."""
    file = refused_upload()
    st.session_state[TOO_LARGE] = (
        f"{widgets.plain(str(file['name'])[:60])} is {file['size'] / MEGABYTE:,.0f} MB; expected at most "
        f"{MOST} MB. Import it on the machine that runs the app: `python -m fmnist import FILE`."
    )


def _show_on(bar: DeltaGenerator) -> Progress:
    stages = list(sandbox.STAGES)

    def show(stage: str) -> None:
        bar.progress((stages.index(stage) + 1) / (len(stages) + 1), stage)

    return show


def _described(name: str) -> str:
    """A preprocessing in the list."""
    return "Unknown: detect it" if name == DETECT else preprocessings.in_words(name)
