"""Add a model file of one's own: it becomes a run, which every page shows."""

import tempfile
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fmnist.app.components.watchers import refused_upload, watch_uploader
from fmnist.app.shared import widgets
from fmnist.model_files import importer, preprocessings, sandbox
from fmnist.model_files.inspection import ModelFileError
from fmnist.runs.files import RunError

from . import run_actions

KEY = "models.add"
ADDED = f"{KEY}.added"  # the name of the run that was added last, to be told of
COUNT = f"{KEY}.count"  # of the files that were added
FIND = "find out"
BOX = "models_add"  # the container of the upload box
TOO_LARGE = f"{KEY}.too_large"  # a sentence about a file that the browser stopped
MEGABYTE = 1 << 20  # as Streamlit counts them
MOST = 99  # megabytes; below server.maxUploadSize


def show() -> None:
    """A popover with all that it takes; a new one, closed and empty, after a file was added."""
    key = f"{KEY}.{st.session_state.get(COUNT, 0)}"
    with st.popover("Add a model file", icon=":material/upload_file:", key=key):
        with st.container(
            key=BOX
        ):  # takes any file: what it is, is judged by content, in a sentence
            file = st.file_uploader(
                "A model that Keras saved: .keras, .h5, or one of them in a .zip", key=f"{key}.file"
            )
        if sentence := st.session_state.pop(TOO_LARGE, None):
            st.error(sentence)
        preprocessing = st.selectbox(
            "What it learned from",
            [FIND, *preprocessings.USUAL],
            format_func=_described,
            key=f"{key}.preprocessing",
            help="How the pixels were changed before the network saw them. All of these are tried on "
            "training images, unless you know.",
        )
        if st.button("Add", type="primary", disabled=file is None, key=f"{key}.button"):
            _add(file, None if preprocessing == FIND else preprocessing)
        st.caption(
            "The file is loaded in a separate process with limited memory and time. Code in it is "
            "never executed."
        )


def refuse_large_files() -> None:
    """Say in a sentence that a file is too large, before it is sent; not in the popover, which comes late."""
    watch_uploader(BOX, MOST * MEGABYTE, _refuse)


def say_added() -> None:
    """That a model was added, and where to go next, as long as it is the one that is shown."""
    name = st.session_state.get(ADDED)
    if name is None or st.session_state.get("model") != name:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: Added **{widgets.plain(name)}**.", width="content")
        for page, label, icon in (
            ("try_it", "Try it", ":material/draw:"),
            ("mistakes", "See its mistakes", ":material/search:"),
        ):
            st.page_link(
                f"fmnist/app/{page}/page.py", label=label, icon=icon, query_params={"model": name}
            )


def _add(file: UploadedFile, preprocessing: str | None) -> None:
    """Make the run and show the page with it, or say here why that cannot be."""
    if not hasattr(file, "getbuffer"):  # Streamlit's DeletedFile: the server has no such file
        st.error("The file did not reach the server. Please upload it again.")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(file.getbuffer())
        bar = st.progress(0.0, "Waiting for another file to be added")
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
    """Keep the sentence about a file that is too large, for the next run of the page."""
    file = refused_upload()
    st.session_state[TOO_LARGE] = (
        f"{widgets.plain(str(file['name'])[:60])} has {file['size'] / MEGABYTE:,.0f} MB; expected at most "
        f"{MOST} MB. Import it where the app runs: `python -m fmnist import FILE`."
    )


def _show_on(bar: DeltaGenerator) -> sandbox.Progress:
    stages = list(sandbox.STAGES)
    return lambda stage: bar.progress((stages.index(stage) + 1) / (len(stages) + 1), stage)


def _described(name: str) -> str:
    """A preprocessing in the list."""
    return "I don't know: find out" if name == FIND else preprocessings.in_words(name)
