"""The curves of trainings: one run's training and validation, or several runs over each other."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes, learning_curve
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE

from . import charts, colours
from .glossary import term

POINTS = 400  # of a curve, at most; a long training has thousands
FEW = 40  # points, which lines alone would not show well
MEASURES = {"accuracy": ".0%", "loss": ".2f"}  # each with its number format
SPLITS = ["training", "validation"]
DASHES = [[2, 3], [1, 0]]  # of each: dotted, solid
CHANGES = alt.NamedData("changes")  # of settings, while a run trained
COLUMNS = ["run", "images", "epoch"]  # of a curve, beside its measures


def of_run(run: Run) -> pd.DataFrame:
    """A run's curves: training inside epochs too, validation at their ends.

    Returns:
        Columns `run`, `images` ("training" or "validation"), `epoch`, `accuracy` and `loss`, at
        most `POINTS` rows a curve; no rows while there is nothing to draw.
    """
    try:
        stat = (run.path / "metrics.jsonl").stat()
    except OSError:  # none yet, or a link that leads nowhere
        return pd.DataFrame()
    return _of_run(run.path, stat.st_mtime_ns, stat.st_size)


@st.cache_data(max_entries=64, show_spinner=False)
def _of_run(path: Path, changed_at: int, size: int) -> pd.DataFrame:
    run = Run(path)
    rows = run.metrics()
    points = [row for row in rows if "end_of_epoch" not in row]
    ends = [
        {**row, **{measure: row.get(f"validation_{measure}") for measure in MEASURES}}
        for row in rows
        if "end_of_epoch" in row and "validation_loss" in row
    ]
    columns = ["epoch", *MEASURES]
    curves: tuple[Sequence[Mapping[str, object]], ...] = (points, ends)
    parts = [
        pd.DataFrame(rows[:: len(rows) // POINTS + 1], columns=columns).assign(images=images)
        for images, rows in zip(SPLITS, curves, strict=True)
        if rows
    ]
    return pd.concat(parts).assign(run=run.name) if parts else pd.DataFrame()


def show(run: Run, page: str, beside: bool = False, height: int = 300, large: bool = False) -> None:
    """Accuracy and loss of one run against epochs, if there are any yet.

    Args:
        run: its recipe can be read.
        page: where they are shown; no other place there shows curves of one run.
        beside: whether they stand side by side.
        height: of each, in pixels.
        large: whether they are read from afar.
    """
    lines = of_run(run)
    if (result := run.result) and (lacks := learning_curve.gap(run.metrics(), result["epochs"])):
        st.warning(lacks)
    if not len(lines):
        return
    marks = _marks(run)
    active = run.state in ACTIVE
    places = st.columns(len(MEASURES)) if beside else [st.container() for _ in MEASURES]
    for place, measure in zip(places, MEASURES, strict=True):
        with place.container(gap=None):
            named = term(measure, measure.capitalize())
            st.caption(f"{named} by {term('epoch')}, with {term('validation')}")
            key, drawn = f"{page}.chart.{measure}", chart(measure, height, colours.ink())
            drawn = charts.enlarged(drawn) if large else drawn
            shown = lines[[*COLUMNS, measure]]
            words = (
                f"{measure.capitalize()} of {run.name} while it trains."  # the same all the time
            )
            words = words if active else in_words(lines, measure)
            charts.show(shown, drawn, key, words, changes=marks)
    if told := "; ".join(f"**{mark.number}** {mark.words}" for mark in marks[1:].itertuples()):
        st.caption(f"Changed while it trained: {told}.")
    if words := why_training_looks_worse(changes.now(run), set(lines["images"]) == set(SPLITS)):
        st.caption(words)


def _marks(run: Run) -> pd.DataFrame:
    """What was changed while a run trained, all of one moment together, and before it a row that draws nothing.

    Returns:
        Columns `number` (from 1, as text), `epoch`, `words` and `width` in pixels. Vega warns of data without rows.
    """
    rows = [("", 0.0, "", 0.0)]
    for epoch, made in itertools.groupby(changes.effective(run), lambda change: change["epoch"]):
        together = list(made)
        what = " and ".join(map(changes.what, together))
        rows.append((str(len(rows)), epoch, f"{what} {changes.since(together[0])}", 1.5))
    return pd.DataFrame(rows, columns=["number", "epoch", "words", "width"])


def in_words(lines: pd.DataFrame, measure: str) -> str:
    """Where each curve begins and ends, and its best point."""
    form, best = (".1%", "max") if measure == "accuracy" else (".3f", "min")
    sentences = []
    for (run, images), curve in lines.dropna(subset=[measure]).groupby(["run", "images"]):
        values, epochs = curve[measure].array, curve["epoch"].array
        place = getattr(values, f"arg{best}")()
        sentences.append(
            f"{str(images).capitalize()} {measure} of {run}: {values[0]:{form}} at epoch {epochs[0]:.3g}, "
            f"{values[-1]:{form}} at epoch {epochs[-1]:.3g}; best {values[place]:{form}} at epoch {epochs[place]:.3g}."
        )
    return " ".join(sentences)


def why_training_looks_worse(recipe: Recipe, validated: bool) -> str:
    """Why training figures look worse than validation figures; "" if nothing makes them so."""
    changed: Mapping[str, object] = {"augmented": recipe.augmentation, "mixed": recipe.mix}
    softened: Mapping[str, object] = {
        "label smoothing": recipe.label_smoothing,
        "mixed-sample augmentation": recipe.mix,
        "teachers": recipe.teachers,
    }
    sentences = {
        "Training loss does not approach 0, because the targets are soft ({}).": softened,
    }
    if validated:
        sentences |= {
            "Training is measured during the epoch on {} images, validation after it on unchanged ones.": changed
        }
    return " ".join(
        sentence.format(", ".join(names))
        for sentence, given in sentences.items()
        if (names := [name for name, value in given.items() if value])
    )


@charts.form
def chart(measure: str, height: int, ink: str) -> alt.LayerChart | alt.FacetChart:
    """Training and validation of one run, each in its colour; training dotted; a rule in ink where it was changed."""
    colour = alt.Color(
        "images:N",
        scale=alt.Scale(domain=SPLITS),
        legend=alt.Legend(
            orient="top",
            symbolType="stroke",
            title=None,
            direction="horizontal",
            offset=4,
        ),
    )
    dash = alt.StrokeDash("images:N", scale=alt.Scale(domain=SPLITS, range=DASHES))
    drawn = _chart(measure).encode(color=colour, strokeDash=dash)
    drawn.encoding.y.title = None  # the caption above names it
    return alt.layer(drawn, *_rules(measure, ink)).properties(height=height)


def _rules(measure: str, ink: str) -> list[alt.Chart]:
    """A numbered vertical rule for each of `CHANGES`; its number is where the curve is not."""
    at = alt.Chart(CHANGES).encode(x="epoch:Q", tooltip=[alt.Tooltip("words:N", title="changed")])
    place: dict[str, Any] = (
        {"baseline": "top", "dy": 4} if measure == "loss" else {"baseline": "bottom", "dy": -4}
    )
    y = alt.value(0 if measure == "loss" else "height")
    return [
        at.mark_rule(color=ink, strokeDash=[6, 3]).encode(size=alt.Size("width:Q", scale=None)),
        at.mark_text(color=ink, align="left", dx=4, fontWeight="bold", **place).encode(
            y=y, text="number:N"
        ),
    ]


@charts.form
def overlay(measure: str, runs: tuple[str, ...], points: bool) -> alt.Chart:
    """Several runs, each in its colour: training dotted, validation solid; `points` marks each row."""
    colour = alt.Color(
        "run:N",
        scale=alt.Scale(domain=runs),
        legend=alt.Legend(orient="top", title=None, columns=3, labelLimit=120),
    )
    # A legend of the dashes would not fit beside that of the runs on a phone: the caption explains them.
    dash = alt.StrokeDash("images:N", scale=alt.Scale(domain=SPLITS, range=DASHES), legend=None)
    drawn = _chart(measure, points).encode(color=colour, strokeDash=dash)
    return drawn.properties(height=260)


def _chart(measure: str, points: bool = True) -> alt.Chart:
    drawn: alt.Chart = (
        alt.Chart(charts.ROWS)
        .mark_line(point=alt.OverlayMarkDef(size=12) if points else False, strokeWidth=2)
        .encode(
            x=alt.X(
                "epoch:Q",
                title="epoch",
                scale=alt.Scale(domainMin=0, nice=False),
                axis=alt.Axis(format="d", tickMinStep=1),
            ),
            y=alt.Y(
                f"{measure}:Q",
                title=measure,
                scale=alt.Scale(zero=False),
                axis=alt.Axis(format=MEASURES[measure], tickCount=6),
            ),
            tooltip=[
                "run:N",
                "images:N",
                alt.Tooltip("epoch:Q", format=".2f"),
                alt.Tooltip(f"{measure}:Q", format=".3f"),
            ],
        )
    )
    return drawn
