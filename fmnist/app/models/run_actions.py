"""Download a run; rename or delete one of your own."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from fmnist.app.shared import lesson, sharing
from fmnist.data import library
from fmnist.people import acting
from fmnist.recipes.registry import DEFAULT
from fmnist.runs import manage, rights
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

KEY = "models.actions"
NEXT = f"{KEY}.next"  # the model to choose in the page's next run


def show(run: Run) -> None:
    """Buttons to download, rename and delete the run, or why that is not possible."""
    refusal, mine = manage.refusal(run), rights.refusal(run) is None
    with st.container(horizontal=True, vertical_alignment="center"):
        if mine:
            _download(run)
        if not (refusal or lesson.hides("delete")):
            _rename(run)
            _delete(run)
        if not run.shipped:
            sharing.show(run.path, _data_of(run))
    if refusal and mine:
        st.caption(refusal)


def _download(run: Run) -> None:
    st.download_button(
        "Download",
        acting.bound(lambda: _archive(run)),
        f"{run.name}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        help="A zip with the Keras and LiteRT models, the recipe, the learning curve and the test "
        "predictions.",
        key=f"{KEY}.download.{run.name}",
    )


def _data_of(run: Run) -> list[Path]:
    """The folders of the run's data set, without which others see little of it."""
    with contextlib.suppress(RunError):
        return library.folders_of(run.dataset)
    return []


def choose_next() -> None:
    """If the chosen run was just renamed or deleted, choose what takes its place.

    Call it before the choice of a model.
    """
    if name := st.session_state.pop(NEXT, None):
        st.session_state["model"] = name


def _archive(run: Run) -> bytes:
    file = io.BytesIO()
    manage.write_archive(run, file)
    return file.getvalue()


def _rename(run: Run) -> None:
    key = f"{KEY}.rename.{run.name}"
    with (
        st.popover("Rename", icon=":material/edit:", key=key),
        st.form(f"{key}.form", border=False),
    ):
        name = st.text_input("New name", run.name, max_chars=64, key=f"{key}.name")
        problem = st.container()
        if st.form_submit_button("Rename", type="primary"):
            with problem:
                _do(lambda: manage.rename(run, name), run, name.strip())


def _delete(run: Run) -> None:
    with st.popover("Delete", icon=":material/delete:", key=f"{KEY}.delete.{run.name}"):
        st.markdown(f"Delete **{run.name}** for good?")
        if st.button("Delete it", type="primary", key=f"{KEY}.delete.{run.name}.yes"):
            _do(lambda: manage.delete(run), run, DEFAULT)


def _do(action: Callable[[], object], run: Run, name: str) -> None:
    """Do it and rerun the page with the run of that name; or show why that is not possible."""
    try:
        action()
    except RunError as error:
        st.error(str(error))
        return
    if st.session_state.get("model") == run.name:
        st.session_state[NEXT] = name
    st.rerun()
