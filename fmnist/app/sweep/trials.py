"""The trials of a sweep: in a chart of their settings, as curves, and in a table."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from fmnist.app.shared import charts, colours
from fmnist.machine import folders
from fmnist.recipes import search_space
from fmnist.recipes.search_space import Range, Space
from fmnist.runs.run import Run
from fmnist.runs.sweep_fields import Trial, TrialRun

from . import trial_charts
from .trial_charts import BEST, FINISHED, PRUNED, UNFINISHED, Axis, Kind

HEIGHT = 270  # pixels
ROW, MOST_ROWS = 28, 16  # pixels of a row of the table; rows that are shown without scrolling
KIND = {"finished": FINISHED, "pruned": PRUNED, "running": UNFINISHED, "interrupted": UNFINISHED}
NONE_YET = "The first trial appears here after its first epoch."
Row = dict[str, Any]


def in_words(settings: dict[str, Any]) -> str:
    """A trial's settings for a reader: "learning rate 0.01, batch size 64"."""
    known = search_space.searchable()
    return ", ".join(
        f"{known[name].label.lower()} {_text(name, value)}" for name, value in settings.items()
    )


def _text(name: str, value: Any) -> str:
    if isinstance(value, float):  # one that was drawn has many digits
        return f"{value:.4g}"
    field = search_space.searchable()[name]
    return field.text(tuple(value) if isinstance(value, list) else value)


def accuracy(trial: Trial) -> float | None:
    """On the validation images: the mean over its finished runs, or else over what they have reached."""
    reached = (run.last_accuracy for run in trial.runs)
    found = trial.accuracies or [each for each in reached if each is not None]
    return sum(found) / len(found) if found else None


def show_settings(trials: Sequence[Trial], space: Space, best: Trial | None, words: str) -> None:
    """Accuracy against the setting that varies, or parallel coordinates where several do.

    Args:
        trials: of the sweep.
        space: what varies.
        best: which of them is the best.
        words: what the chart shows, for those who do not see it.
    """
    shown = _measured(trials, best)
    if not shown:
        st.info(NONE_YET)
    elif len(space) == 1:
        _show_one(shown, space, best, words)
    else:
        _show_parallel(shown, space, best, words)


def show_curves(trials: Sequence[Trial], best: Trial | None, words: str) -> None:
    """Validation accuracy of each run by epoch: where those that were pruned ended."""
    rows = [
        _about(trial, best) | {"run": run.name, "seed": run.seed} | point
        for trial in _measured(trials, best)
        for run in trial.runs
        for point in _curve(run)
    ]
    if rows:
        charts.show(pd.DataFrame(rows), trial_charts.curves(HEIGHT), "sweep.curves", words)
    else:
        st.info(NONE_YET)


def _measured(trials: Sequence[Trial], best: Trial | None) -> list[Trial]:
    """Those with an accuracy; the best one last, so that it is drawn on top."""
    found = [each for each in trials if each.state in KIND and accuracy(each) is not None]
    return sorted(found, key=lambda each: best is not None and each.number == best.number)


def _about(trial: Trial, best: Trial | None) -> Row:
    """What each row of a trial has in all charts."""
    is_best = best is not None and trial.number == best.number
    kind = BEST if is_best else KIND[trial.state]
    return {"trial": trial.number + 1, "kind": kind, "settings": in_words(trial.settings)}


def _axis(name: str, space: Space) -> Axis:
    varies, label = space[name], search_space.searchable()[name].label
    if isinstance(varies, Range):
        return Axis(label, (varies.low, varies.high))
    numeric = all(type(value) in (int, float) for value in varies.values)
    return Axis(label, varies.values if numeric else [_text(name, each) for each in varies.values])


def _on_axis(name: str, axis: Axis, trial: Trial) -> Any:
    value = trial.settings[name]
    return value if axis.numeric else _text(name, value)


def _show_one(shown: Sequence[Trial], space: Space, best: Trial | None, words: str) -> None:
    """A point a run, and a line from a trial's worst seed to its best."""
    (name,) = space
    axis = _axis(name, space)
    rows = [
        _about(trial, best)
        | {"value": _on_axis(name, axis, trial), "seed": run.seed, "accuracy": reached}
        for trial in shown
        for run in trial.runs
        if (reached := _reached(run)) is not None
    ]
    kind: Kind = "nominal" if not axis.numeric else "log" if axis.logarithmic else "linear"
    form = trial_charts.against_one(
        axis.label.lower(), kind, tuple(axis.values), isinstance(space[name], Range), HEIGHT
    )
    charts.show(pd.DataFrame(rows), form, "sweep.one", words)


def _reached(run: TrialRun) -> float | None:
    return run.last_accuracy if run.accuracy is None else run.accuracy


def _show_parallel(shown: Sequence[Trial], space: Space, best: Trial | None, words: str) -> None:
    """A line a trial, from setting to setting and to its accuracy."""
    axes = {name: _axis(name, space) for name in space}
    reached = Axis("Validation accuracy", [accuracy(trial) for trial in shown], share=True)
    rows = [row for trial in shown for row in _line(trial, best, axes, reached)]
    lines, ticks = trial_charts.rows_of_axes([*axes.values(), reached])
    labels = tuple(axis.label for axis in (*axes.values(), reached))
    form = trial_charts.parallel(labels, colours.ink(), colours.paper(), HEIGHT + 30)
    charts.show(pd.DataFrame(rows), form, "sweep.parallel", words, axes=lines, ticks=ticks)


def _line(trial: Trial, best: Trial | None, axes: dict[str, Axis], reached: Axis) -> Iterator[Row]:
    about = _about(trial, best) | {"accuracy": accuracy(trial)}
    for name, axis in axes.items():
        yield about | {"axis": axis.label, "place": axis.place(_on_axis(name, axis, trial))}
    yield about | {"axis": reached.label, "place": reached.place(about["accuracy"])}


def _curve(run: TrialRun) -> list[Row]:
    """The ends of a run's epochs."""
    path = folders.home() / run.name
    try:
        stat = (path / "metrics.jsonl").stat()
    except OSError:  # none yet, or the run was deleted
        return []
    return _read_curve(path, stat.st_mtime_ns, stat.st_size)


@st.cache_data(max_entries=1_000, show_spinner=False)
def _read_curve(path: Path, changed_at: int, size: int) -> list[Row]:
    return [
        {"epoch": row["epoch"], "accuracy": row["validation_accuracy"]}
        for row in Run(path).metrics()
        if "end_of_epoch" in row and "validation_accuracy" in row
    ]


def show_table(trials: Sequence[Trial], best: Trial | None, epochs: int) -> None:
    """A row a trial, in the order of their start.

    Args:
        trials: of the sweep.
        best: which of them is the best.
        epochs: of a whole trial, where all have as many; else 0.
    """
    rows = [_cells(trial, best, epochs) for trial in trials]
    table = pd.DataFrame(rows).dropna(axis="columns", how="all")
    st.dataframe(
        table,
        column_config=COLUMNS,
        hide_index=True,
        height="content" if len(rows) <= MOST_ROWS else ROW * MOST_ROWS,
        row_height=ROW,
        placeholder="",
        key="sweep.trials",
    )


def _cells(trial: Trial, best: Trial | None, epochs: int) -> Row:
    known, reached = search_space.searchable(), accuracy(trial)
    is_best = best is not None and trial.number == best.number
    return {
        "trial": trial.number + 1,
        **{known[name].label: _text(name, value) for name, value in trial.settings.items()},
        "state": "best" if is_best else trial.state,
        "accuracy": None if reached is None else 100 * reached,
        "spread": None if trial.spread is None else 100 * trial.spread,
        "epochs": f"{trial.epochs} of {epochs}" if epochs else str(trial.epochs),
        "seconds": trial.seconds,
        "runs": ", ".join(run.name for run in trial.runs),
        "remark": trial.error or None,
    }


def _number(label: str, form: str, about: str) -> Any:
    return st.column_config.NumberColumn(label, format=form, help=about)


COLUMNS: dict[str, Any] = {
    "trial": st.column_config.NumberColumn("Trial", pinned=True, width=60),
    "state": "State",
    "accuracy": _number(
        "Validation",
        "%.2f%%",
        "Accuracy on the validation images, the mean over the seeds; of a trial that has not trained to its end, "
        "what it has reached.",
    ),
    "spread": _number(
        "Spread", "±%.2f", "Standard deviation over the seeds, in percentage points."
    ),
    "epochs": st.column_config.TextColumn("Epochs", help="Trained, of those of all seeds."),
    "seconds": _number("Seconds", "%.0f", "Training time of its runs together."),
    "runs": st.column_config.TextColumn("Runs", help="They are on the Models page, too."),
    "remark": st.column_config.TextColumn("Remark", width="large"),
}
