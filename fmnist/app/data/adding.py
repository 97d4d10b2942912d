"""Add a data set: upload it, look at what was read, choose the form of its images, keep it."""

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fmnist.app.components.watchers import refused_upload, watch_uploader
from fmnist.app.shared import datasets, pages, refused, widgets
from fmnist.app.shared.job import Job, Report
from fmnist.app.shared.uploaded import MEGABYTE, MOST, file_name
from fmnist.data import library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.jobs import launcher
from fmnist.machine.disk import explain
from fmnist.preprocessing.adding import propose
from fmnist.preprocessing.proposal import Proposal

from . import preview
from .preview import Choice

KEY = "data.add"
STATE = f"{KEY}.state"  # an `Adding` while the visitor adds a data set
ADDED = f"{KEY}.added"  # the name of the one that was added last
UPLOADS = f"{KEY}.uploads"  # how many uploads there were: each has a box of its own, which frees its memory
TOO_LARGE = f"{KEY}.too_large"  # the message about a file that the browser stopped
BOX = "data_add_box"  # the container of the upload box
QUICK = 1.5  # seconds that a rerun waits for work that may be done by then
REFRESH = 0.3  # seconds between two looks at its progress
RECIPE = "sprint"  # that the first training on a new data set has


class Adding:
    """What a visitor has uploaded, on its way to a data set."""

    def __init__(self) -> None:
        """Nothing is uploaded yet."""
        self.problem: str | None = None  # why the last upload or choice made no data set
        self.name = ""  # of the first file
        self.reading: Job[Proposal] | None = None
        self.keeping: Job[DataSet] | None = None
        self._path, self._called = Path(), ""
        self._delete: Callable[[], object] = lambda: None  # what was uploaded

    def read(self, files: list[UploadedFile]) -> None:
        """Copy the files, so that the upload's memory can be freed, and begin to read them."""
        folder = Path(tempfile.mkdtemp(prefix="fmnist-"))
        # At the latest when the visitor's session ends.
        self._delete = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        paths = [folder / file_name(file.name) for file in files]
        try:
            for path, file in zip(paths, files, strict=True):
                path.write_bytes(file.getbuffer())
        except OSError as error:
            self._delete()
            self.problem = f"The upload cannot be copied to {folder.parent}: {explain(error)}"
            return
        self.name = paths[0].name
        single = len(paths) == 1
        self._path, self._called = (paths[0], self.name) if single else (folder, "The upload")
        self.reading = Job(lambda report: self._propose(report), "The upload cannot be read")

    def keep(self, proposal: Proposal, name: str, choice: Choice) -> None:
        """Begin to make a data set of what was read, which is read again for another choice."""

        def work(report: Report) -> DataSet:
            fits = choice.fits(proposal)
            chosen = choice.divided(proposal) if fits else self._propose(report, choice)
            report(1.0, "Writing the images…")
            return chosen.add(name)

        self.keeping = Job(work, "The data set cannot be kept")
        launcher.keep_warm()  # the next click trains on it

    def _propose(self, report: Report, choice: Choice | None = None) -> Proposal:
        return propose(
            self._path,
            **choice.options() if choice else {},
            called=self._called,
            progress=lambda done, of: report(done / of, f"{done:,} of {of:,} images read"),
        )

    def forget(self) -> None:
        """End all work, and delete what was uploaded."""
        for job in (self.reading, self.keeping):
            if job:
                job.cancel()
        self._delete()
        self.reading = self.keeping = None


def button() -> None:
    """A button that begins, or gives up."""
    if under_way():
        st.button("Cancel", icon=":material/close:", key=f"{KEY}.cancel", on_click=_end)
    elif not refused.instead("keep", "Add a data set", ":material/add:"):
        st.button("Add a data set", icon=":material/add:", key=f"{KEY}.begin", on_click=_begin)


def under_way() -> bool:
    """Whether the visitor is adding one: the page shows that alone."""
    return STATE in st.session_state


def show() -> None:
    """The step that has been reached."""
    adding: Adding = st.session_state[STATE]
    st.header("Add a data set", anchor=False)
    job = adding.keeping or adding.reading
    if job:
        job.wait(QUICK)
        if not job.over:
            _progress(job)
            return
    _take_problem(adding)
    if adding.keeping and adding.keeping.result:
        _show_added(adding.keeping.result)
    elif adding.reading and adding.reading.result:
        _show_preview(adding, adding.reading.result)
    else:
        _show_upload(adding)


def show_added(dataset: DataSet) -> None:
    """That it was just added, with what to do next."""
    if st.session_state.get(ADDED) != dataset.name:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: Added **{dataset.name}**.", width="content")
        if st.button(
            "Train on it", type="primary", icon=":material/play_arrow:", key=f"{KEY}.train"
        ):
            # That page shows the data set of this one, whose box here forbids to name it.
            st.switch_page(pages.path_of("train"), query_params={"recipe": RECIPE})


def _begin() -> None:
    st.session_state[STATE] = Adding()


def _end() -> None:
    if adding := st.session_state.pop(STATE, None):
        adding.forget()


@st.fragment(run_every=REFRESH)
def _progress(job: Job[Proposal] | Job[DataSet]) -> None:
    """A progress bar; the page runs again when the work is over."""
    if job.over:
        st.rerun()
    st.progress(job.share, job.words or "Reading…")


def _take_problem(adding: Adding) -> None:
    """After work without a result: the sentence is shown, and what led there can be changed."""
    if adding.keeping and not adding.keeping.result:
        adding.problem, adding.keeping = adding.keeping.problem, None
    if adding.reading and not adding.reading.result:
        adding.problem = adding.reading.problem
        adding.forget()
    if adding.problem:
        st.error(widgets.plain(adding.problem))


def _show_upload(adding: Adding) -> None:
    """The upload box, and what can be read."""
    st.markdown(
        "Upload **labelled images**: 2 to 100 classes, at least 10 images in each.\n\n"
        "- a **ZIP** file of images, with a folder for each class; any size, grey or colour\n"
        "- a **CSV** file (an image a line, with its label), **.npz**, **Parquet**, or **IDX** files (images and "
        "labels together)"
    )
    with st.container(key=BOX):
        key = f"{KEY}.file.{st.session_state.get(UPLOADS, 0)}"
        files = st.file_uploader("Files of a data set", accept_multiple_files=True, key=key)
    watch_uploader(BOX, MOST * MEGABYTE, _refuse)
    if sentence := st.session_state.pop(TOO_LARGE, None):
        st.error(sentence)
    st.caption(
        f"At most {MOST} MB a file. Larger ones, or a folder: `python -m fmnist data add PATH` on the machine that "
        "runs the app. You see what was read before anything is kept."
    )
    if files:
        adding.problem = None
        adding.read(files)
        st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
        st.rerun()


def _show_preview(adding: Adding, proposal: Proposal) -> None:
    """What was read, the choices, and Add."""
    chosen = preview.show(proposal, _name(adding), KEY)
    if chosen is not None:
        name, choice = chosen
        adding.problem = None
        try:
            library.check_name(name)
        except DatasetError as error:
            adding.problem = str(error)
        else:
            adding.keep(proposal, name, choice)
        st.rerun()


def _show_added(dataset: DataSet) -> None:
    _end()
    st.session_state[ADDED] = dataset.name
    datasets.show_next(dataset.name)
    st.rerun()


def _refuse() -> None:
    """Keep the message about a file that is too large for the next run of the page."""
    file = refused_upload()
    st.session_state[TOO_LARGE] = (
        f"{widgets.plain(str(file['name'])[:60])} is {file['size'] / MEGABYTE:,.0f} MB; expected at most "
        f"{MOST} MB. Add it on the machine that runs the app: `python -m fmnist data add PATH`."
    )


def _name(adding: Adding) -> str:
    """A name for the data set, of the upload's, that is not taken."""
    return library.free_name(library.name_of(adding.name))
