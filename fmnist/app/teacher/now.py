"""Who is here, and what trains and waits."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from fmnist.app.shared import presence, visitor, widgets
from fmnist.app.shared.presence import Visit
from fmnist.people import members
from fmnist.runs import class_work, forecast, learning_curve, listing
from fmnist.runs.forecast import Place
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE, State

from . import actions, projecting

REFRESH = 2  # seconds
QUIET = 120  # seconds without a click after which a person is said to be so


def show() -> None:
    """Both, beside each other; they look again by themselves."""
    st.fragment(_show, run_every=REFRESH)()


def _show() -> None:
    actions.show_problem()
    runs = [(run, run.state) for run in listing.list_own_runs()]
    people, trainings = st.columns(2, gap="medium")
    with people, widgets.errors_in_words():
        show_people(runs)
    with trainings, widgets.errors_in_words():
        show_trainings((run, state) for run, state in runs if state in ACTIVE)


def show_people(runs: Sequence[tuple[Run, State]]) -> None:
    """Everybody who has joined, in the order in which they did, and what can be done with the runs of some."""
    here, joined = presence.here(), members.students()
    st.header(f"{sum(id in here for id in joined)} of {len(joined)} here", anchor=False)
    if not joined:
        st.info("Nobody has joined yet.")
        return
    of_each: dict[str, list[tuple[Run, State]]] = {id: [] for id in joined}
    for run, state in runs:
        if (id := class_work.owner(run)) in of_each:
            of_each[id].append((run, state))
    rows = [_person(id, here.get(id, []), of_each[id]) for id in joined]
    chosen = [joined[number] for number in _table(rows, f"teacher.people.{len(joined)}")]
    theirs = [run for id in chosen for run, _ in of_each[id]]
    if not chosen:
        st.caption("Select people to stop, show or delete their runs.")
        return
    with st.container(horizontal=True):
        actions.button("Stop their runs", ":material/stop:", class_work.stop, theirs)
        projecting.button("Show their best run", class_work.best(theirs))
        many = widgets.counted(len(theirs), "runs")
        question = f"Delete **{many}** of {len(chosen)} people for good?"
        actions.confirmed(
            "Delete their runs",
            ":material/delete:",
            question,
            "Delete them",
            class_work.delete,
            theirs,
        )


def _person(id: str, visits: Sequence[Visit], runs: Sequence[tuple[Run, State]]) -> dict[str, Any]:
    best = class_work.best(run for run, _ in runs)
    active = [state for _, state in runs if state in ACTIVE]
    return {
        "Who": visitor.name_of(id),
        "Looks at": _where(visits),
        "Now": active[-1] if active else "",
        "Runs": len(runs),
        "Best": f"{best.figures['test_accuracy']:.1%}" if best else "",
    }


def _where(visits: Sequence[Visit]) -> str:
    if not visits:
        return "away"
    quiet = time.time() - visits[0].since
    return visits[0].page + (f" (quiet {learning_curve.duration(quiet)})" if quiet > QUIET else "")


def show_trainings(active: Iterable[tuple[Run, State]]) -> None:
    """What trains, then what waits, the next one first, and what can be done with it."""
    places = forecast.of_all()
    turns = {run: place.number for run, place in places.items()}
    listed = sorted(active, key=lambda each: turns.get(each[0], 0))
    waiting = [run for run, _ in listed if run in places]
    st.header(f"{len(listed) - len(waiting)} training, {len(waiting)} waiting", anchor=False)
    if not listed:
        st.info("Nothing trains.")
        return
    rows = [_training(run, state, places.get(run)) for run, state in listed]
    key = f"teacher.trainings.{hash(tuple(run.name for run, _ in listed))}"  # rows move up
    chosen = [listed[number][0] for number in _table(rows, key)]
    with st.container(horizontal=True):
        actions.button("Stop", ":material/stop:", class_work.stop, chosen)
        projecting.button("Show", chosen[0] if chosen else None)
        actions.button("Clear the queue", ":material/clear_all:", class_work.stop, waiting)
        everything = [run for run, _ in listed]
        actions.button("Stop everything", ":material/stop_circle:", class_work.stop, everything)


def _training(run: Run, state: State, place: Place | None) -> dict[str, Any]:
    status = run.status
    if place:
        wait = learning_curve.duration(place.seconds)
        time_left = f"starts in {'at least ' if place.at_least else ''}{wait}"
    else:
        left = status.get("seconds_left") if status.get("phase") == "training" else None
        time_left = f"{learning_curve.duration(left)} left" if left is not None else ""
    return {
        "Run": run.name,
        "Who": visitor.name_of(class_work.owner(run)),
        "State": "waits" if place else status.get("phase", state),
        "Epoch": f"{status['epoch']} of {status.get('epochs')}" if "epoch" in status else "",
        "Time": time_left,
    }


def _table(rows: Sequence[dict[str, Any]], key: str) -> list[int]:
    """Rows to select from; the numbers of the selected ones."""
    selection = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",  # limited in teacher.css
        row_height=30,
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
    )
    chosen: list[int] = selection["selection"]["rows"]
    return [number for number in chosen if number < len(rows)]
