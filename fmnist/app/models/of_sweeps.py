"""The runs of sweeps, which would hide all others: folded, but for those of each sweep's best trial."""

import contextlib
from collections.abc import Sequence

import streamlit as st

from fmnist.app.shared import widgets
from fmnist.runs import sweeps
from fmnist.runs.files import RunError
from fmnist.runs.run import Run


def choose(runs: Sequence[Run]) -> list[Run]:
    """The runs to show: all, or those that are not folded; a switch says how many are."""
    folded = folds(runs)
    if not folded or st.toggle(
        f"{widgets.counted(len(folded), 'more runs')} of sweeps",
        key="sweeps",
        bind="query-params",
        help="Of a sweep the runs of its best trial are shown, all of them with this switch. The Sweep page has them, too.",
    ):
        return list(runs)
    return [run for run in runs if run.name not in folded]


def folds(runs: Sequence[Run]) -> set[str]:
    """The names of those that are folded."""
    trials = {run.name: of for run in runs if (of := sweep_of(run))}
    best = _best_trials() if trials else set()
    return {name for name, of in trials.items() if of not in best}


def sweep_of(run: Run) -> tuple[str, int] | None:
    """The id of the sweep that a run belongs to, and which of its trials it is; None of a run by itself."""
    with contextlib.suppress(RunError):  # a broken one
        if of := run.sweep:
            return of["id"], of["trial"]
    return None


def _best_trials() -> set[tuple[str, int]]:
    """The best trial of each sweep."""
    found = set()
    for sweep in sweeps.list_sweeps():
        with contextlib.suppress(RunError):  # a broken one
            if best := sweep.best:
                found.add((sweep.description["id"], best.number))
    return found
