"""Settings that can be changed while a run trains: a popover beside Stop, and a word when they have effect."""

from typing import Any

import streamlit as st

from fmnist.recipes import settings
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE, State

from . import fields

WIDTH = 300  # pixels: a sentence must not widen it over the curves
SHOWN = 3  # changes that the popover lists, the last ones
ASKED = (
    "train.change.asked"  # when this visitor asked for what has no effect yet, by the run's name
)
PROBLEM = "train.change.problem"  # of the last click on Apply: the run's name, and a sentence


def offer(run: Run) -> None:
    """The popover with the fields that can be changed; it stays open while the page looks again."""
    name = f"train.change.{run.name}"
    popover = st.popover("Change settings", icon=":material/tune:", key=name)
    with popover, st.container(width=WIDTH):
        try:
            asked = changes.asked(run)
        except RunError as error:
            st.error(str(error))
            return
        st.markdown("The run continues with these settings from its next batches on.")
        _form(run, changes.applied(run.recipe, asked), f"{name}.{len(asked)}")
        whose, sentence = st.session_state.get(PROBLEM, ("", ""))
        if whose == run.name:
            st.error(sentence)
        for change in asked[-SHOWN:]:
            st.caption(f"{changes.in_words(change)}.")


def _form(run: Run, now: Recipe, name: str) -> None:
    """The fields, filled with what was asked for last: a new form once somebody has changed something."""
    with st.form(name, border=False):
        for field in changes.FIELDS.values():
            key, value = f"{name}.{field.name}", getattr(now, field.name)
            # A closed popover's widgets are mounted later, with their own value and not the session's.
            fields.widget(st.container(), field, now, field.choices, initial=value, key=key)
        if meaning := settings.NEW_RATE.get(now.schedule):
            st.caption(meaning)
        st.form_submit_button("Apply", type="primary", on_click=_apply, args=[run, now, name])


def _apply(run: Run, before: Recipe, name: str) -> None:
    """Ask for what the visitor has set otherwise than it was shown; a setting of another tab stays."""
    st.session_state.pop(PROBLEM, None)
    wanted: dict[str, Any] = {}
    for field in changes.FIELDS.values():
        value = st.session_state[f"{name}.{field.name}"]
        value = tuple(value) if field.many else value
        if value != getattr(before, field.name):
            wanted[field.name] = value
    try:
        new = changes.request(run, wanted)
    except (RecipeError, RunError) as error:
        st.session_state[PROBLEM] = (run.name, str(error))
    else:
        times = st.session_state.setdefault(ASKED, {}).setdefault(run.name, set())
        times.update(change["asked_at"] for change in new)


def announce(run: Run, state: State) -> None:
    """Say, once, which of the visitor's changes have effect now, or never will."""
    waiting: set[float] = st.session_state.get(ASKED, {}).get(run.name, set())
    for change in changes.effective(run) if waiting else ():
        if change["asked_at"] in waiting:
            waiting.discard(change["asked_at"])
            st.toast(f"{changes.in_words(change)}.", icon=":material/tune:")
    if state in ACTIVE:
        return
    if waiting:
        waiting.clear()
        st.toast(f"{run.name} ended before the last change had effect.", icon=":material/info:")
    if (problem := st.session_state.pop(PROBLEM, None)) and problem[0] == run.name:
        st.toast(problem[1], icon=":material/info:")  # the popover is gone
