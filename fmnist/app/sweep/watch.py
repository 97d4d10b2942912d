"""The sweeps of the Sweep page: the chosen one's state, trials and best settings, and what can be done with it."""

import contextlib
import statistics
from collections.abc import Callable

import streamlit as st

from fmnist.app.shared import address, datasets, lesson, on_cluster, pages, sharing, widgets
from fmnist.app.shared.glossary import term
from fmnist.data import library
from fmnist.data.dataset import DatasetError
from fmnist.jobs.sweep import launching
from fmnist.machine import folders
from fmnist.people import access, acting, mode
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import settings_of
from fmnist.recipes.recipe import Recipe
from fmnist.runs import forecast, learning_curve, sweeps
from fmnist.runs.files import RunError
from fmnist.runs.fit import suited
from fmnist.runs.run import Run
from fmnist.runs.sweep_fields import Trial
from fmnist.runs.sweeps import ACTIVE, RESUMABLE, State, Sweep

from . import search, trials

REFRESH = 1.0  # seconds between two looks at a sweep that is active
PROBLEM = "sweep.problem"  # why the last action failed
CHARTS = SETTINGS, CURVES = ["settings", "curves"]


def choose(own: dict[str, Sweep]) -> Sweep | None:
    """The sweep that is shown: of a link, in the box, or the newest."""
    if not own:
        return None
    widgets.warn_if_gone("sweep", "sweep", own)
    wanted = st.session_state.get("sweep") or st.query_params.get("sweep")
    # Set each time and no default, so that the address names it: the newest may be another one soon.
    st.session_state["sweep"] = wanted if wanted in own else next(iter(own))
    return own[st.session_state["sweep"]]


def show(own: dict[str, Sweep], sweep: Sweep | None) -> State | None:
    """The box of sweeps and the chosen one as it goes on; its state."""
    if sweep is None:
        show_what_it_is()
        on_cluster.show()
        return None
    name = st.selectbox("Sweep", list(own), None, required=True, key="sweep", bind="query-params")
    if name != sweep.name:  # the browser went back to another address
        st.rerun()
    on_cluster.show()
    state = sweep.state
    st.fragment(show_sweep, run_every=REFRESH if state in ACTIVE else None)(sweep, state)
    return state


def show_what_it_is() -> None:
    """For who has no sweep yet."""
    refusal = launching.refusal()
    if refusal:
        st.info(refusal)
    st.markdown(
        f"A sweep trains one {term('recipe')} several times, each time with other settings: these are its "
        f"{term('trial', 'trials')}. The one with the highest {term('validation', 'validation accuracy')} wins, and bad "
        f"ones are {term('pruning', 'stopped early')}, which saves time."
    )
    if not refusal and search.has_example():
        st.markdown(
            f"The form has an example: four {term('learning rate', 'learning rates')} for a network that trains in "
            f"seconds, each with two {term('seed', 'seeds')}. Which is the best? **Press Start** to find out."
        )


def show_sweep(sweep: Sweep, state_before: str) -> None:
    """One sweep; looks again by itself while it is active."""
    state = sweep.state
    if not (sweep.path.is_dir() and access.may_see(acting.person(), sweep.path)):
        st.rerun()  # its maker has deleted or hidden it meanwhile
    if (state in ACTIVE) != (state_before in ACTIVE):
        st.rerun()  # it has ended, or goes on: the page stops looking, or begins to
    offer_actions(sweep, state)
    with widgets.errors_in_words():
        if problem := sweep.problem:
            ({"failed": st.error, "broken": st.error}.get(state, st.info))(widgets.plain(problem))
        if state == "broken":
            return
        found = sweep.trials
        show_progress(sweep, state, found)
        show_best(sweep, state)
        warn_of_pruning(sweep.best, found)
        if found:
            show_trials(sweep, found, state)
        show_description(sweep)


def offer_actions(sweep: Sweep, state: State) -> None:
    """The state, and beside it what can be done."""
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.state_badge(state)
        if access.refusal(sweep.path) is None and not mode.refusal("train"):
            if state == "running":
                _button("Stop", ":material/stop:", launching.stop, sweep)
            if state in RESUMABLE:
                _button("Resume", ":material/resume:", launching.resume, sweep)
            if state not in ACTIVE and not lesson.hides("delete"):
                with st.popover(
                    "Delete", icon=":material/delete:", key=f"sweep.delete.{sweep.name}"
                ):
                    st.markdown(f"Delete **{widgets.plain(sweep.name)}** for good? Its runs stay.")
                    _button("Delete it", None, _delete, sweep)
        in_class = mode.current() == "class"
        sharing.show(sweep.path, [run.path for run in sweep.runs()] if in_class else ())
    if problem := st.session_state.pop(PROBLEM, None):
        # What is active is drawn again in a moment.
        (st.toast if state in ACTIVE else st.error)(widgets.plain(problem))


def _button(label: str, icon: str | None, action: Callable[[Sweep], object], sweep: Sweep) -> None:
    key = f"sweep.{label}"
    st.button(
        label,
        icon=icon,
        type="secondary" if icon else "primary",
        key=key,
        on_click=_do,
        args=[action, sweep],
    )


def _do(action: Callable[[Sweep], object], sweep: Sweep) -> None:
    try:
        action(sweep)
    except RunError as error:  # another tab was quicker, say
        st.session_state[PROBLEM] = str(error)


def _delete(sweep: Sweep) -> None:
    """Delete it, and show another one of the visitor's next."""
    launching.delete(sweep)
    st.session_state.pop("sweep", None)
    if own := [other.name for other in sweeps.list_sweeps() if access.is_mine(other.path)]:
        st.session_state["sweep"] = own[0]


def show_progress(sweep: Sweep, state: State, found: list[Trial]) -> None:
    """How many of the trials have ended, and what they have cost; once all have, what pruning saved."""
    cost, planned = sweep.cost, sweep.description["trials"]
    ended = sum(trial.state != "running" for trial in found)
    epochs = f"{cost.epochs:,} of at most {widgets.counted(cost.full_epochs, 'epochs')}"
    if state in ACTIVE:
        words = f"{ended} of {widgets.counted(planned, 'trials')} · {epochs}"
        st.progress(min(1.0, ended / planned), words)
        if waiting := _waiting(found):
            st.caption(waiting)


def _waiting(found: list[Trial]) -> str | None:
    """When the next run will train, in a sentence; None while one trains."""
    runs = [run for trial in found if trial.state == "running" for run in trial.runs]
    if any(run.state == "running" for run in runs):
        return None
    places = (forecast.of(Run(folders.home() / run.name)) for run in runs if run.state == "queued")
    return next((str(place) for place in places if place), None)


def show_best(sweep: Sweep, state: State) -> None:
    """The best settings by validation, what they are good for on the test set, and what they cost."""
    best, cost = sweep.best, sweep.cost
    if best is None or best.accuracy is None:
        return
    with st.container(horizontal=True, gap="medium"):
        st.metric("Validation accuracy", _with_spread(best.accuracies), width="content")
        if tested := sweep.test_accuracies:
            st.metric("Test accuracy", _with_spread(tested), width="content")
        if state not in ACTIVE:
            st.metric("Epochs trained", f"{cost.epochs:,} of {cost.full_epochs:,}", width="content")
            st.metric("Training time", learning_curve.duration(cost.seconds), width="content")
    with st.container(horizontal=True, vertical_alignment="center"):
        so_far = "" if state == "finished" else " so far"
        st.markdown(
            f"Best{so_far}: **{widgets.plain(trials.in_words(best.settings))}**", width="content"
        )
        _offer_to_use(sweep)


def warn_of_pruning(best: Trial | None, found: list[Trial]) -> None:
    """Say so where a trial that was pruned had reached more than the best one."""
    if best is None:
        return
    for trial in found:
        reached = trials.accuracy(trial)
        if trial.state == "pruned" and reached and reached > (best.accuracy or 0):
            st.warning(
                f"Trial {trial.number + 1} ({trials.in_words(trial.settings)}) was pruned, but reached {reached:.1%}, "
                "more than the best one: pruning ended it too early. Try again with the pruning median or none."
            )
            return


def _with_spread(accuracies: list[float]) -> str:
    """The mean and, of several seeds, the standard deviation in points."""
    spread = f" ± {100 * statistics.stdev(accuracies):.2f}" if len(accuracies) > 1 else ""
    return f"{statistics.mean(accuracies):.2%}{spread}"


def _offer_to_use(sweep: Sweep) -> None:
    """A button that takes the best settings to the Train page's form."""
    recipe = sweep.best_recipe
    if recipe is None or recipe.name not in registry.RECIPES:
        return
    pressed = st.button(
        "Use these settings",
        icon=":material/edit_note:",
        help="Put them into the form of the Train page.",
        on_click=_choose_on_train_page,
        args=[recipe],
    )
    if pressed:
        query = _settings(recipe) | lesson.address()
        st.switch_page(pages.path_of("train"), query_params=query)


def _choose_on_train_page(recipe: Recipe) -> None:
    """Streamlit refuses an address that names what a widget of the page writes there: the widget gets it."""
    st.session_state["recipe"] = recipe.name
    datasets.show_next(recipe.data)
    address.leave({"recipe"})


def _settings(recipe: Recipe) -> dict[str, str]:
    """What differs from the recipe of that name as it suits the data set, as a link to the Train page says it."""
    usual = registry.find(recipe.name)
    with contextlib.suppress(DatasetError):  # it is gone
        usual = suited(usual, library.find(recipe.data))
    return {
        name: field.text(getattr(recipe, name))
        for name, field in settings_of(Recipe).items()
        if not field.datasets and getattr(recipe, name) != getattr(usual, name)
    }


def show_trials(sweep: Sweep, found: list[Trial], state: State) -> None:
    """A chart, and all trials in a table."""
    best, about = sweep.best, sweep.description
    chart = widgets.choice("Chart", CHARTS, "chart", label_visibility="collapsed")
    words = _chart_in_words(sweep, state)
    if chart == CURVES:
        trials.show_curves(found, best, words)
    else:
        trials.show_settings(found, sweep.space, best, words)
    if chart == SETTINGS and any(trial.state == "pruned" for trial in found):
        st.caption("Pruned trials are shown with the accuracy that they had reached.")
    epochs = 0 if "epochs" in sweep.space else sweep.recipe.epochs * about["seeds"]
    trials.show_table(found, best, epochs)


def _chart_in_words(sweep: Sweep, state: State) -> str:
    """The chart for those who do not see it; the same all the time while it changes."""
    varied = ", ".join(settings.label(name).lower() for name in sweep.space)
    words = f"Validation accuracy of the trials of {sweep.name}, which differ in {varied}."
    best = sweep.best
    if state in ACTIVE or best is None:
        return words
    return f"{words} Best: {trials.in_words(best.settings)}, {best.accuracy:.1%}."


def show_description(sweep: Sweep) -> None:
    """How it searches, in a line."""
    about = sweep.description
    tried = ", ".join(
        f"{settings.label(name).lower()} {text}" for name, text in about["space"].items()
    )
    parts = [
        f"Recipe `{sweep.recipe.name}` on {widgets.plain(sweep.recipe.data)}",
        widgets.plain(tried),
        f"sampler {about['sampler']}",
        f"pruning {about['pruner']}",
        widgets.counted(about["seeds"], "seeds"),
    ]
    st.caption(" · ".join(parts))
