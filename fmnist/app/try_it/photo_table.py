"""The table of several photos, what it says in a sentence, and the way from a photo back to it."""

import dataclasses
import io

import streamlit as st

from fmnist.app.components import photo_table
from fmnist.app.components.photo_table import PhotoRow
from fmnist.app.shared import widgets
from fmnist.data.files.encoded_images import content_of
from fmnist.data.image_files import ImageFileError
from fmnist.inference import doubt
from fmnist.inference.batch import Outcome, Table, summary
from fmnist.runs import cache
from fmnist.runs.run import Run

from . import inputs
from .several import MOST, Predictions, Row, Several, watched

KEY = "try.photos"
VIEW = "try.view"
BLOCK, SUMMARY = "try_several", "try_summary"  # containers, to scroll to
QUICK = 0.5  # seconds that a rerun waits for rows that may be there by then
REFRESH = 1.0  # seconds between two looks at more rows of a few photos
LATER = 0.01  # seconds more for each photo: every look sends all rows to the browser, 5 kB each


def show(photos: Several, run: Run) -> None:
    """The table; while rows are missing it grows by itself.

    A row is about all of a photo, as it was brought. Of what the visitor does with one that was opened,
    the label is shown here.
    """
    found = watched(photos, photos.identity).predictions(run)
    found.wait(QUICK)
    works = found.is_working
    pace = REFRESH + LATER * len(photos.photos)
    st.fragment(_show, run_every=pace if works else None)(photos, run, found, works)


def _show(photos: Several, run: Run, found: Predictions, worked: bool) -> None:
    if worked != found.is_working or inputs.source() != "several":
        st.rerun()  # work has ended or is continued, or a row was opened
    rows = list(found.rows)
    with st.container(key=BLOCK, gap="xsmall"):
        _summary(photos, run, [row.outcome for row in rows], found)
        photo_table.photo_table(
            [_fields(row, _label(photos, index, run)) for index, row in enumerate(rows)],
            st.session_state.get(VIEW, photo_table.ALL),
            f"{photos.identity} {cache.identity(run)}",
            photo.row if (photo := inputs.photo()) else None,
            KEY,
            _open,
            _keep_view,
        )


def back(photo: inputs.Photo) -> None:
    """From a photo of several back to them all, or to the next one."""
    photos = inputs.several()
    if photo.row is None or not photos:
        return
    count = len(photos.photos)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="try_back"):
        button()
        for name, icon, row in (
            ("Previous photo", "chevron_left", photo.row - 1),
            ("Next photo", "chevron_right", photo.row + 1),
        ):
            st.button(
                name,
                icon=f":material/{icon}:",
                key=f"try.step.{icon}",
                disabled=not 0 <= row < count,
                on_click=_show_photo,
                args=(row,),
            )
        st.caption(f"{photo.row + 1} of {count}", width="content")


def button() -> None:
    """A button that shows the table again, if there is one."""
    if photos := inputs.several():
        st.button(
            f"All {widgets.counted(len(photos.photos), 'photos')}",
            icon=":material/table_rows:",
            key="try.several.back",
            on_click=inputs.use,
            args=("several",),
        )


def _summary(photos: Several, run: Run, outcomes: list[Outcome], found: Predictions) -> None:
    """What the table says in a sentence; the way to a CSV file, on, and away."""
    with st.container(key=SUMMARY, gap="xxsmall"):
        if found.is_working:
            st.progress(*found.progress)
        else:
            st.header(summary(outcomes), anchor=False)
    if found.problem:
        st.error(widgets.plain(found.problem))
    if photos.brought > MOST:
        st.caption(
            f"The first {MOST} of {photos.brought:,} photos. All of a folder: `python -m fmnist predict DIR`."
        )
    if problem := doubt.problem(widgets.classifier(run)):
        st.caption(problem)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Draw", icon=":material/draw:", key="try.draw", on_click=inputs.use, args=("drawing",)
        )
        if found.is_working:
            st.button("Cancel", icon=":material/close:", key="try.cancel", on_click=found.cancel)
        elif found.cancelled and not found.is_complete:
            left = len(photos.photos) - len(outcomes)
            st.button(
                f"Continue with {widgets.counted(left, 'photos')}",
                icon=":material/play_arrow:",
                key="try.continue",
                on_click=found.resume,
            )
        if outcomes:
            widgets.download("Predictions", lambda: _csv(photos, outcomes, run), "predictions.csv")


def _csv(photos: Several, outcomes: list[Outcome], run: Run) -> str:
    file = io.StringIO()
    table = Table(file, run.dataset.class_names)
    for index, outcome in enumerate(outcomes):
        table.add(_labelled(outcome, _label(photos, index, run)))
    return file.getvalue()


def _label(photos: Several, index: int, run: Run) -> str:
    """The visitor's label for a photo; empty if there is none, or it is no class of this model."""
    label = photos.labels.get(index, "")
    return label if label in run.dataset.class_names else ""


def _labelled(outcome: Outcome, label: str) -> Outcome:
    return dataclasses.replace(outcome, true_label=label) if label else outcome


def _fields(row: Row, label: str) -> PhotoRow:
    outcome, found = _labelled(row.outcome, label), row.outcome.found
    words = outcome.problem
    if found:
        second = found.probabilities.argsort()[-2]
        other = f"perhaps {found.class_names[second]} ({found.probabilities[second]:.0%})"
        words = found.reason or ("" if found.sure else other)
        if found.item:  # of a pair both are predicted
            words = " · ".join(filter(None, (f"item {found.item} of {len(found.items)}", words)))
    return {
        "name": outcome.file,
        "thumbnail": row.thumbnail,
        "pixels": row.pixels,
        "certainty": outcome.certainty,
        "label": found.label if found else "",
        "confidence": found.confidence if found else 0.0,
        "words": words,
        "wrong": outcome.true_label if outcome.correct is False else "",
    }


def _open() -> None:
    if (row := photo_table.opened(KEY)) is not None:
        _show_photo(row)


def _show_photo(row: int) -> None:
    """Classify that photo alone, where it can be turned, cropped and labelled."""
    photos = inputs.several()
    if photos and 0 <= row < len(photos.photos):
        photo = photos.photos[row]
        name = f"Your photo, {inputs.short(photo.place)}"
        try:
            inputs.use_photo(name, content_of(photo), row)
        except ImageFileError as error:
            inputs.refuse(name, str(error), row)


def _keep_view() -> None:
    if view := photo_table.viewed(KEY):
        st.session_state[VIEW] = view
