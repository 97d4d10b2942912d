"""Export a run: choose a format, wait while a process writes and compares it, download."""

import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from fmnist.app.shared import refused, widgets
from fmnist.app.shared.job import Cancelled, Job, Report
from fmnist.machine.disk import explain
from fmnist.model_files.exports import exporting
from fmnist.model_files.exports.formats import FORMATS, Format
from fmnist.runs import cache
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

KEY = "models.export"
STATE = f"{KEY}.state"  # the visitor's last `Exporting`
TURN = threading.Lock()  # one export at a time: each takes up to 4 GB
QUICK = 1.0  # seconds that a rerun waits for an export that may be done by then
REFRESH = 0.3  # seconds between two looks at its progress
TITLES = {format.title: format for format in FORMATS.values()}


class Written(NamedTuple):
    """An export that can be downloaded."""

    file: Path  # of a folder, its ZIP file
    bytes: int
    sentences: list[str]


class Exporting:
    """An export on its way, in a temporary folder that is deleted with it."""

    def __init__(self, run: Run, format: Format):
        """Begin."""
        folder = Path(tempfile.mkdtemp(prefix="fmnist-"))
        self.of = _identity(run, format)
        self.job: Job[Written] = Job(
            lambda report: _export(run, format, folder, report),
            f"{run.name} cannot be exported",
            TURN,
            "Waiting for another export…",
        )
        # At the latest when the visitor's session ends.
        self.end = weakref.finalize(self, _end, self.job, folder)


def show(run: Run) -> None:
    """A choice of formats; beside it the button for what can be done next: Export, Cancel, Download."""
    st.header("Export", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox(
            "Format", list(TITLES), key="export", bind="query-params", width=260, filter_mode=None
        )
        format = TITLES[title]
        state = _state_of(run, format)
        if state:
            state.job.wait(QUICK)
        _button(run, format, state)
    if state and not state.job.over:
        _progress(state.job)
        return
    st.caption(format.help)
    if format.missing:
        st.info(format.missing)
    elif state and state.job.problem:
        st.error(widgets.plain(state.job.problem))
    elif state and state.job.result:
        st.markdown("  \n".join(map(widgets.plain, state.job.result.sentences)))


def _state_of(run: Run, format: Format) -> Exporting | None:
    """The visitor's export if it is that one, with the model that the run has now."""
    state: Exporting | None = st.session_state.get(STATE)
    return state if state and state.of == _identity(run, format) else None


def _identity(run: Run, format: Format) -> tuple[Path, str, str]:
    return run.path, cache.digest(run), format.name


def _button(run: Run, format: Format, state: Exporting | None) -> None:
    if state and not state.job.over:
        st.button("Cancel", icon=":material/close:", key=f"{KEY}.cancel", on_click=_give_up)
    elif state and (written := state.job.result):
        st.download_button(
            f"Download {widgets.plain(written.file.name)} ({exporting.size_in_words(written.bytes)})",
            written.file.read_bytes,
            written.file.name,
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            key=f"{KEY}.download",
        )
    elif not refused.instead("export", "Export", ":material/output:"):
        st.button(
            "Export",
            icon=":material/output:",
            key=f"{KEY}.begin",
            on_click=_begin,
            args=(run, format),
            disabled=bool(format.missing),
        )


def _begin(run: Run, format: Format) -> None:
    _give_up()
    try:
        st.session_state[STATE] = Exporting(run, format)
    except OSError as error:  # no folder can be made
        st.error(f"{run.name} was not exported: {explain(error)}")


def _give_up() -> None:
    """Cancel the last export, or delete what it wrote."""
    if state := st.session_state.pop(STATE, None):
        state.end()


@st.fragment(run_every=REFRESH)
def _progress(job: Job[Written]) -> None:
    """A progress bar; the page runs again when the work is over."""
    if job.over:
        st.rerun()
    st.progress(job.share, f"{job.words.rstrip('…')}…")


def _export(run: Run, format: Format, folder: Path, report: Report) -> Written:
    """The work of the thread: a process writes and compares; a folder becomes a ZIP file."""
    stages = list(exporting.STAGES)

    def progress(stage: str) -> None:
        report((stages.index(stage) + 0.5) / len(stages), stage)

    try:
        written = exporting.export(run, format, folder / f"{run.name}{format.suffix}", progress)
        file = _as_file(written.path)
        return Written(file, file.stat().st_size, written.in_words())
    except OSError as error:
        raise RunError(f"{run.name} was not exported: {explain(error)}") from None
    except Cancelled:
        shutil.rmtree(folder, ignore_errors=True)  # by now nobody writes there
        raise


def _as_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    zipped = shutil.make_archive(str(path), "zip", path.parent, path.name)
    shutil.rmtree(path)
    return Path(zipped)


def _end(job: Job[Written], folder: Path) -> None:
    job.cancel()
    shutil.rmtree(folder, ignore_errors=True)
