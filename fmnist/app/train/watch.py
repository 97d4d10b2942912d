"""The runs of the Train page: the chosen one's state, curves, settings, and what can be done with it."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from fmnist.app.shared import before_after, curves, lesson, on_cluster, pages, widgets
from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.people import access, acting, mode
from fmnist.recipes import settings
from fmnist.runs import changes, fit, learning_curve, remarks, rights, table
from fmnist.runs.fields import Status
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE, RESUMABLE, State

from . import change, form, hints

REFRESH = 0.5  # seconds between two looks at a run that is active
CURVE_HEIGHT = 240  # pixels
START = "Press Start: the curves appear here."
SHIPPED = "The Models page has the curves of the models that come with it."
PROBLEM = "train.problem"  # why the last action failed
ALWAYS_SHOWN = (
    "Data set",
    "Epochs",
    "Batch size",
    "Optimizer",
    "Learning rate",
    "Augmentation",
    "Seed",
)


def choose(own: dict[str, Run]) -> Run | None:
    """The run that is shown: of a link, in the box, or the newest; its settings fill the form."""
    if not own:
        return None
    widgets.warn_if_gone("run", "run", own)
    wanted = st.session_state.get("run") or st.query_params.get("run") or form.followed()
    # Set each time and no default, so that the address names it: the newest may be another's soon.
    st.session_state["run"] = wanted if wanted in own else next(iter(own))
    run = own[st.session_state["run"]]
    form.follow(run, chosen=wanted in (None, run.name))
    return run


def show(own: dict[str, Run], run: Run | None) -> State | None:
    """The box of runs and the chosen one as it trains; its state."""
    if run is None:
        on_cluster.show()
        if problem := folders.home_problem():
            st.error(problem)
            return None
        refusal = mode.refusal("train")
        st.info(
            f"{refusal} {SHIPPED}" if refusal else f"Nothing has been trained here yet. {START}"
        )
        return None
    name = st.selectbox("Run", list(own), None, required=True, key="run", bind="query-params")
    if name != run.name:  # the browser went back to another address
        st.rerun()
    on_cluster.show()
    state = run.state
    st.fragment(show_run, run_every=REFRESH if state in ACTIVE else None)(run, state)
    return state


def show_run(run: Run, state_before: str) -> None:
    """State, curves and settings of one run; looks again by itself while the run is active."""
    state = run.state
    if not access.may_see(acting.person(), run.path):
        st.rerun()  # its maker has hidden it meanwhile
    if (state in ACTIVE) != (state_before in ACTIVE):
        st.rerun()  # it has ended, or trains again: the page stops looking, or begins to
    if state == "broken":
        widgets.state_badge(state)
        st.error(run.problem)
        return
    offer_actions(run, state)
    change.announce(run, state)
    explain_state(run, state)
    if state in ("running", "stopping"):
        show_progress(run.status)
    show_result(run)
    if result := run.result:
        before_after.show(result)
    curves.show(run, "train", beside=True, height=CURVE_HEIGHT)
    show_settings(run)
    if state != "queued" and (log := run.log()):
        with st.expander("Log"):
            st.code(log[-5000:], language=None)


def explain_state(run: Run, state: str) -> None:
    """What a state means where one word is not enough."""
    if state == "queued":
        launcher.bring_workers()  # in case none is there
    show = {"failed": st.error, "queued": st.info}.get(state, st.warning)
    if sentence := remarks.remark(run, state):
        show(sentence)


def show_progress(status: Status) -> None:
    """Progress bar with epoch, speed and time left."""
    texts = {
        "preparing": "Loading the images and the network…",
        "finishing": "Evaluating on the test images…",
    }
    if "phase" not in status:  # it was stopped while it waited
        return
    parts = [texts.get(status["phase"], f"Epoch {status.get('epoch')} of {status.get('epochs')}")]
    if node := status.get("node"):
        parts.append(f"on {widgets.plain(node)}")
    if status["phase"] == "training":
        if status.get("images_per_second"):
            parts.append(f"{status['images_per_second']:,.0f} images per second")
        if (left := status.get("seconds_left")) is not None:
            parts.append(f"{learning_curve.duration(left)} left")
    st.progress(min(1.0, status.get("progress", 0.0)), " · ".join(parts))


def show_result(run: Run) -> None:
    """Accuracy of a run that can be used."""
    if not (result := run.result):
        return
    difference = table.difference(run.recipe, result)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.metric(
            "Test accuracy",
            f"{result['test_accuracy']:.2%}",
            delta=None if difference is None else f"{100 * difference:+.2f} points from reported",
            width="content",
        )
        if "validation_accuracy" in result:
            st.metric(
                "Validation accuracy", f"{result['validation_accuracy']:.2%}", width="content"
            )
        st.metric("Training time", learning_curve.duration(result["seconds"]), width="content")
        if run.usable:
            _link("try_it", "Try it", ":material/draw:", run)
            _link("mistakes", "See its mistakes", ":material/search:", run)


def _link(page: str, label: str, icon: str, run: Run) -> None:
    query = {"model": run.name}
    st.page_link(pages.path_of(page), label=label, icon=icon, query_params=query)


def offer_actions(run: Run, state: State) -> None:
    """The state, and beside it stop, resume, start again, or take the settings."""
    diverged = state in RESUMABLE and run.status.get("reason") == "diverged"
    damaged = state in RESUMABLE and not diverged and _checkpoint_problem(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.state_badge(state)
        may_change = rights.refusal(run) is None
        if may_change and state in ("queued", "running"):
            st.button("Stop", icon=":material/stop:", on_click=_do, args=[launcher.stop, run])
            change.offer(run)
        if damaged:
            _button_to_start_again(run, "Start again")
        elif may_change and state in RESUMABLE and not diverged:
            st.button("Resume", icon=":material/resume:", on_click=_do, args=[launcher.resume, run])
        if diverged or _learned_nothing(run):
            better = settings.lower_rate if diverged else settings.better_rate
            rate = better(changes.now(run))
            _button_to_start_again(
                run, f"Start again with learning rate {rate:g}", learning_rate=rate
            )
        pressed = st.button(
            "Use these settings again",
            icon=":material/edit_note:",
            help=f"Put the settings of this run into the form{_as_begun(run)}.",
            on_click=_do,
            args=[use_settings, run],
        )
        may = run.usable and not lesson.hides("further")
        further = may and st.button(
            "Train further",
            icon=":material/fast_forward:",
            help="Put settings into the form that start with the weights of this run, at a lower learning rate, "
            "for a few epochs. Choose there which data set to train on.",
            on_click=_do,
            args=[go_further, run],
        )
    if pressed or further:
        st.rerun()  # the form, too
    if problem := st.session_state.pop(PROBLEM, None):
        # What is active is drawn again in a moment.
        (st.toast if state in ACTIVE else st.error)(problem)
    elif damaged:
        st.warning(damaged)


def _checkpoint_problem(run: Run) -> str | None:
    try:
        run.check_checkpoint()
    except RunError as error:
        return str(error)
    return None


def _learned_nothing(run: Run) -> bool:
    result = run.result
    if not result or learning_curve.is_brief(run.recipe, run.dataset, result["epochs"]):
        return False
    accuracy = result["test_accuracy"]
    return learning_curve.guessing(accuracy, "test", run.recipe, run.dataset) is not None


def _as_begun(run: Run) -> str:
    """Which settings of a run are meant, if they were changed while it trained."""
    return ", as it began: without what was changed since" if changes.effective(run) else ""


def _button_to_start_again(run: Run, label: str, **other: float) -> None:
    if st.button(
        label,
        type="primary",
        icon=":material/replay:",
        help=f"A new run with the same settings{' but that learning rate' if other else _as_begun(run)}.",
        on_click=_do,
        args=[start_again, run],
        kwargs=other,
    ):
        st.rerun()  # it is in the box, too


def start_again(run: Run, **other: Any) -> None:
    """Start a new run with the same settings but these others, and show it."""
    st.session_state["run"] = launcher.restart(run, **other).name


def use_settings(run: Run) -> None:
    """Fill the form with the run's settings."""
    form.use(run.recipe)
    launcher.keep_warm()


def go_further(run: Run) -> None:
    """Fill the form for a training that starts with the run's weights."""
    form.use(fit.further(run, run.dataset))
    launcher.keep_warm()


def _do(action: Callable[..., None], run: Run, **options: float) -> None:
    try:
        action(run, **options)
    except RunError as error:  # another tab was quicker, say, or a run that it needs is gone
        st.session_state[PROBLEM] = str(error)


def show_settings(run: Run) -> None:
    """What a run was trained with: in a line, first what differs from the recipe; and all settings in an expander."""
    recipe, described = run.recipe, changes.settings_in_words(run)
    differs = settings.differences(recipe).items()
    changed = {name: (described.get(name, here), there) for name, (here, there) in differs}
    same = [
        f"{name.lower()} {described[name]}"
        for name in ALWAYS_SHOWN
        if name in described.keys() - changed
    ]
    parts = [
        f"Recipe `{recipe.name}`",
        *([hints.in_short(changed)] if changed else []),
        *same,
    ]
    st.caption(" · ".join(parts))
    with st.expander("All settings"):
        st.table(pd.Series(described, name=""), border="horizontal", hide_header=True)
