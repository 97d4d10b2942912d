"""The form of the Sweep page: a recipe, what is tried and how, what that costs, and Start."""

import time
from typing import Any

import streamlit as st

from fmnist.app.shared import address, datasets, refused, widgets
from fmnist.data.dataset import DataSet
from fmnist.jobs.sweep import launching
from fmnist.people import mode
from fmnist.recipes import registry, search_space
from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.runs import cluster, sweep_plan
from fmnist.runs.files import RunError
from fmnist.runs.fit import suited
from fmnist.runs.sweep_plan import PRUNERS, SAMPLERS, TRIALS, Plan

from . import search
from .search import KEPT, key

SEEDS = 2  # the fewest that show how far chance goes
LAST = "sweep.recipe"  # the recipe that the form last showed
STARTED = "sweep.started"  # what was started last, and when
DOUBLE_CLICK = 2.0  # seconds in which two clicks on Start are meant as one
HOW_LONG = "From how fast such networks have trained. Pruning saves a part of it; on other processors it differs."


def show() -> None:
    """The form, which begins with an example that is ready to start."""
    left, right = st.columns(2)
    with left:
        name = _choose_recipe()
    with right:
        dataset = datasets.choose()
    recipe = suited(registry.find(name), dataset)
    if st.session_state.get(key(recipe, "data")) != dataset.name:
        st.session_state[key(recipe, "data")] = dataset.name
        _fill(recipe)
    _follow_link(recipe)
    with st.container(border=True):
        _settings(recipe, dataset)


def _choose_recipe() -> str:
    """The recipe in the box; the address always names it."""
    state, names = st.session_state, list(registry.RECIPES)
    widgets.warn_if_gone("recipe", "recipe", names)
    wanted = state.get("recipe") or st.query_params.get("recipe") or state.get(LAST)
    state["recipe"] = wanted if wanted in names else search.EXAMPLE[0]
    name = st.selectbox("Recipe", names, None, required=True, key="recipe", bind="query-params")
    if name is None:  # the browser went back to an address from before it named one
        st.rerun()
    state[LAST] = name
    return str(name)


def _fill(recipe: Recipe) -> None:
    search.fill(recipe)
    st.session_state[key(recipe, "epochs of each")] = recipe.epochs


def _follow_link(recipe: Recipe) -> None:
    """Fill the form as a link says: the values to try of each setting, or the epochs of all runs."""
    found = address.linked(search_space.searchable().keys(), leader="recipe")
    if found is None:
        return
    _fill(recipe)
    if (epochs := found.get("epochs", "")).isdecimal():
        st.session_state[key(recipe, "epochs of each")] = int(epochs[:9])
        del found["epochs"]
    if found:
        search.take(recipe, found)


def _write_link(recipe: Recipe, texts: dict[str, str]) -> None:
    """Put what differs from the example into the address."""
    usual = search.suggestion(recipe, search.FIRST)
    shown = {name: "".join(text.split()) for name, text in texts.items()}
    if texts.keys() - {"epochs"} == {search.FIRST} and texts[search.FIRST] == usual:
        del shown[search.FIRST]
    if texts.get("epochs") == str(recipe.epochs):
        del shown["epochs"]
    address.write(shown, search_space.searchable().keys())


def _settings(recipe: Recipe, dataset: DataSet) -> None:
    """What is tried, how, and Start."""
    search.show(recipe)
    texts = search.texts(recipe)
    how = _method(recipe, texts)
    _write_link(recipe, texts)
    plan, problem = None, None
    try:
        plan = sweep_plan.plan(recipe, texts, **how)
    except (RecipeError, RunError) as error:
        problem = str(error)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = _start_button(plan)
        if plan:
            st.caption(in_words(plan), help=HOW_LONG, width="content")
    if pressed and plan:
        problem = start(plan)
    if problem and not mode.refusal("train"):  # what stands in Start's place says that
        st.error(widgets.plain(problem))


def _method(recipe: Recipe, texts: dict[str, str]) -> dict[str, Any]:
    """The sampler, the pruner and the numbers, as `sweep_plan.plan` takes them; the epochs are added to the texts."""
    with st.container(horizontal=True):
        sampler = widgets.choice("Sampler", SAMPLERS, "sampler")
        pruner = widgets.choice("Pruning", PRUNERS, "pruner")
    st.caption(f"{SAMPLERS[sampler]} {PRUNERS[pruner]}")
    how: dict[str, Any] = {"sampler": sampler, "pruner": pruner}
    with st.container(key="sweep-numbers", horizontal=True):
        if "epochs" not in texts:
            texts["epochs"] = str(
                _number("Epochs", key(recipe, "epochs of each"), "Of each run.", **KEPT)
            )
        how["seeds"] = _number(
            "Seeds", "seeds", "Runs of each trial.", value=SEEDS, bind="query-params"
        )
        if sampler != "grid":
            how["trials"] = _number(
                "Trials", "trials", "Combinations.", value=TRIALS, bind="query-params"
            )
    return how


def _number(label: str, name: str, about: str, **more: Any) -> int:
    return int(st.number_input(label, step=1, key=name, help=about, **more))


def in_words(plan: Plan) -> str:
    """What a sweep costs at most."""
    trials, seeds = widgets.counted(plan.trials, "trials"), widgets.counted(plan.seeds, "seeds")
    words = f"{trials} × {seeds}: {widgets.counted(plan.runs, 'runs')}, at most {widgets.counted(plan.epochs, 'epochs')}"
    found = plan.estimate
    if found is None:
        return words
    return f"{words}, {found._replace(seconds=found.seconds / cluster.count())}"


def _start_button(plan: Plan | None) -> bool:
    """Start; whether it was pressed."""
    icon = ":material/play_arrow:"
    return not refused.instead("train", "Start", icon, primary=True) and st.button(
        "Start", type="primary", icon=icon, key="sweep.start", disabled=plan is None
    )


def start(plan: Plan) -> str | None:
    """Start a sweep and show it; returns what went wrong, in a sentence."""
    before, begun = st.session_state.get(STARTED, (None, 0.0))
    if plan == before and time.monotonic() - begun < DOUBLE_CLICK:
        return None
    try:
        sweep = launching.start(plan)
    except (RecipeError, RunError) as error:
        return str(error)
    st.session_state[STARTED] = (plan, time.monotonic())
    st.session_state["sweep"] = sweep.name
    return st.rerun()
