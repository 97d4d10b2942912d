"""Train: pick a recipe, change its settings, start it, and watch it learn."""

import contextlib
import time
from collections.abc import Callable, Sequence

import streamlit as st

from fmnist import history, launch, recipes, run_table, runs, splits
from fmnist.architectures import ARCHITECTURES
from fmnist.augment import AUGMENTATIONS, MIXINGS
from fmnist.pages import curves, training_pictures, widgets
from fmnist.recipe import OPTIMIZERS, Recipe, RecipeError
from fmnist.runs import Run, RunError

REFRESH = 0.5  # seconds between two looks at a run that is active
DOUBLE_CLICK = 2.0  # seconds in which two clicks on Start are meant as one
KEPT = {"persist_state": "session"}  # settings outlast a look at another recipe or page
# On a phone, where the columns stand one above the other, what is going on comes first.
CURVES_FIRST = """<style>@media (max-width: 640px) {
.st-key-train-columns > div > .stHorizontalBlock { flex-wrap: wrap-reverse; }
}</style>"""


def page() -> None:
    """The whole page."""
    widgets.page_header("Train", "Pick a recipe, change what you like, and watch a network learn.")
    with st.container(key="train-columns"):
        left, right = st.columns([2, 3], gap="large")
    with left:
        recipe = choose_recipe()
        choose_settings(recipe)
    with right:
        watch()
    launch.keep_warm()


def shipped_result(recipe: str) -> dict | None:
    """What is known of the recipe's model that ships; None where none does."""
    with contextlib.suppress(RunError):  # it is damaged: the Models page says so
        return Run(runs.SHIPPED / recipe).result
    return None


def choose_recipe() -> Recipe:
    """The choice of a recipe, and what it is."""
    name = st.selectbox("Recipe", list(recipes.RECIPES), key="recipe", bind="query-params")
    recipe = recipes.find(name)
    architecture = ARCHITECTURES[recipe.architecture]
    st.markdown(f"{recipe.summary} {architecture.summary}")
    with st.container(horizontal=True):
        st.metric("Parameters", f"{architecture.parameters:,}")
        if published := recipe.published_accuracy:
            after = f"after {recipe.published_after} epochs" if recipe.published_after else None
            st.metric(
                "Published accuracy",
                f"{published:.2%}",
                after,
                delta_color="off",
                delta_arrow="off",
            )
        if result := shipped_result(name):
            st.metric(
                "Measured",
                f"{result['test_accuracy']:.2%}",
                f"after {history.duration(result['seconds'])}",
                delta_color="off",
                delta_arrow="off",
                help="Accuracy on the test set and training time of the model that ships.",
            )
    details = st.expander("Layers and origin", key="train.details", on_change="rerun")
    if details.open:  # building a network only to list its layers takes seconds
        with details:
            layer_table(recipe)
            st.caption(recipe.source)
    return recipe


def layer_table(recipe: Recipe) -> None:
    """Type, output shape and parameters of each layer."""
    with st.spinner("Building the network…"):
        try:
            layers = _layers(recipe.architecture)
        except RunError as error:
            st.error(str(error))
            return
    widgets.layer_table(layers)


@st.cache_data(show_spinner=False)
def _layers(architecture: str) -> list[dict]:
    return launch.describe(architecture)


@st.fragment  # of what is beside it, nothing depends on a setting
def choose_settings(recipe: Recipe) -> None:
    """The recipe's settings, to be changed, Start, and the pictures that they make."""
    key = f"train.{recipe.name}"
    with st.container(border=True):
        settings = _how_it_learns(recipe, key) | _from_what(recipe, key)
        exact = st.toggle(
            "Exact float32",
            recipe.precision == "float32",
            help="Off: bfloat16 where the processor has it, as accurate and up to twice as fast.",
            key=f"{key}.float32",
            **KEPT,
        )
        settings["precision"] = "float32" if exact else "best"
        explain_validation(recipe, settings)
        if st.button("Start", type="primary", icon=":material/play_arrow:", key=f"{key}.start"):
            start(recipe, settings)
    training_pictures.show(settings["augmentation"], settings["mixing"], settings["seed"])


def _how_it_learns(recipe: Recipe, key: str) -> dict:
    one, two = st.columns(2)
    return {
        "epochs": one.number_input(
            "Epochs",
            1,
            10_000,
            recipe.epochs,
            help=_epochs_help(recipe),
            key=f"{key}.epochs",
            **KEPT,
        ),
        "batch_size": two.number_input(
            "Batch size", 1, 60_000, recipe.batch_size, key=f"{key}.batch", **KEPT
        ),
        "optimizer": one.selectbox(
            "Optimizer",
            OPTIMIZERS,
            OPTIMIZERS.index(recipe.optimizer),
            key=f"{key}.optimizer",
            **KEPT,
        ),
        "learning_rate": two.number_input(
            "Learning rate",
            value=recipe.learning_rate,
            format="%g",
            step=1e-4,
            key=f"{key}.lr",
            **KEPT,
        ),
        "validation_share": one.number_input(
            "Validation share", 0.0, 0.9, recipe.validation_share, 0.05, key=f"{key}.share", **KEPT
        ),
        "seed": two.number_input("Seed", 0, 2**31 - 1, recipe.seed, key=f"{key}.seed", **KEPT),
    }


def _from_what(recipe: Recipe, key: str) -> dict:
    augmentation = st.multiselect(
        "Augmentation",
        list(AUGMENTATIONS),
        recipe.augmentation,
        help="What is done to each picture at random, anew in each epoch.",
        key=f"{key}.augmentation",
        **KEPT,
    )
    one, two = st.columns(2)
    mixings = ["", *MIXINGS]
    trained = _trained_runs()
    like = [name for name, architecture in trained.items() if architecture == recipe.architecture]
    weights = _offered(["", *like], [recipe.pretrained or ""], f"{key}.pretrained")
    teachers = st.multiselect(
        "Teachers",
        _offered(list(trained), recipe.teachers, f"{key}.teachers"),
        recipe.teachers,
        help="Trained models. Their mean answer to each picture is learned, more than its label "
        "(knowledge distillation); to ask them takes time.",
        key=f"{key}.teachers",
        **KEPT,
    )
    return {
        "augmentation": tuple(augmentation),
        "teachers": tuple(teachers),
        "mixing": one.selectbox(
            "Mixing",
            mixings,
            mixings.index(recipe.mixing or ""),
            format_func=lambda name: name or "none",
            help="About half of the pictures get parts of another one; the network is to say how much "
            "it sees of each.",
            key=f"{key}.mixing",
            **KEPT,
        ),
        "pretrained": two.selectbox(
            "Starting weights",
            weights,
            weights.index(recipe.pretrained or ""),
            format_func=lambda name: name or "(random)",
            help="Those of a trained network of the same architecture know a lot already; a lower "
            "learning rate keeps it.",
            key=f"{key}.pretrained",
            **KEPT,
        ),
    }


def _trained_runs() -> dict[str, str]:
    """The architecture of each trained run, by its name."""
    found = {}
    for run in runs.usable_runs():
        with contextlib.suppress(RunError):  # it is just being deleted
            found[run.name] = run.recipe.architecture
    return found


def _offered(names: list[str], own: Sequence[str], key: str) -> list[str]:
    """The names to choose from, with the recipe's own and what was chosen: Start tells if it is gone."""
    chosen = st.session_state.get(key) or []
    return list(dict.fromkeys([*names, *own, *([chosen] if isinstance(chosen, str) else chosen)]))


def explain_validation(recipe: Recipe, settings: dict) -> None:
    """Why a training will tell no validation accuracy, where pictures are to be held out for it."""
    with contextlib.suppress(RecipeError):  # Start says what is wrong
        chosen = recipe.changed(**settings)
        others = chosen.pretrained or chosen.teachers
        if others and chosen.validation_share and not len(splits.splits_of(chosen)[0].validation):
            st.caption(
                "Nothing will validate this training: the network that it starts with, or a teacher, may "
                "have learned from pictures that would be held out. With that network's own seed and "
                "validation share it usually can be validated."
            )
            if chosen.schedule == "plateau":
                st.caption(
                    "So nothing will tell when to lower the learning rate: it stays as it is."
                )


def _epochs_help(recipe: Recipe) -> str:
    text = "Passes over the training pictures."
    if recipe.resplits:
        text += (
            f" As published, {len(recipe.resplits)} more trainings of {recipe.resplits[0]} epochs"
            " follow, each on a new split; with another number of epochs, starting weights, teachers or "
            "no validation they do not."
        )
    return text


def start(recipe: Recipe, settings: dict) -> None:
    """Start a run of the recipe with the settings, or say why that cannot be."""
    before, begun = st.session_state.get("train.started", (None, 0.0))
    try:
        chosen = recipe.changed(**settings)
        if chosen == before and time.monotonic() - begun < DOUBLE_CLICK:
            return
        run = launch.start(chosen)
    except (RecipeError, RunError) as error:
        st.error(str(error))
        return
    st.session_state["train.started"] = (chosen, time.monotonic())
    st.session_state["run"] = run.name
    st.rerun()


def watch() -> None:
    """The user's runs, and the chosen one as it trains."""
    own = {run.name: run for run in runs.list_own_runs()}
    if not own:
        st.info("Nothing has been trained here yet. Press Start: the curves appear here.")
        return
    widgets.say_if_gone("run", "run", own)
    chosen = st.session_state.get("run", st.query_params.get("run"))
    # Set anew each time and no default, so that the address names it: the newest may be another's soon.
    st.session_state["run"] = chosen if chosen in own else next(iter(own))
    name = st.selectbox("Run", list(own), None, key="run", bind="query-params")
    run = own[
        name or next(iter(own))
    ]  # none is named where the browser goes back to an address without
    state = run.state
    if state in runs.ACTIVE:
        st.html(CURVES_FIRST)
    st.fragment(show_run, run_every=REFRESH if state in runs.ACTIVE else None)(run, state)


def show_run(run: Run, state_before: str) -> None:
    """State, progress and curves of one run; looks again by itself while the run is active."""
    state = run.state
    if (state in runs.ACTIVE) != (state_before in runs.ACTIVE):
        st.rerun()  # it has ended, or goes on: the page stops looking, or begins to
    widgets.state_badge(state)
    if state == "broken":
        st.error(run.problem)
        return
    explain_state(run, state)
    if state in ("running", "stopping"):
        show_progress(run.status)
    show_result(run)
    curves.show(run, "train")
    offer_actions(run, state)


def explain_state(run: Run, state: str) -> None:
    """What a state means where one word is not enough."""
    show = {"failed": st.error, "lost": st.warning}.get(state, st.info)
    if sentence := launch.remark(run, state):
        show(sentence)


def show_progress(status: dict) -> None:
    """Progress bar with epoch, speed and time left."""
    texts = {
        "preparing": "Loading the pictures and the network…",
        "finishing": "Testing the trained network…",
    }
    if "phase" not in status:  # it was asked to stop while it waited
        return
    parts = [texts.get(status["phase"], f"Epoch {status.get('epoch')} of {status.get('epochs')}")]
    if status["phase"] == "training":
        if status.get("images_per_second"):
            parts.append(f"{status['images_per_second']:,.0f} images a second")
        if status.get("seconds_left") is not None:
            parts.append(f"{history.duration(status['seconds_left'])} left")
    st.progress(min(1.0, status.get("progress", 0.0)), " · ".join(parts))


def show_result(run: Run) -> None:
    """Accuracy of a run that can be used."""
    if not (result := run.result):
        return
    test, validation, seconds = st.columns(3)
    apart = run_table.difference(run.recipe, result)
    test.metric(
        "Test accuracy",
        f"{result['test_accuracy']:.2%}",
        delta=None if apart is None else f"{100 * apart:+.2f} against published",
    )
    if "validation_accuracy" in result:
        validation.metric("Validation accuracy", f"{result['validation_accuracy']:.2%}")
    seconds.metric("Training time", history.duration(result["seconds"]))


def offer_actions(run: Run, state: str) -> None:
    """Stop, resume, or use the model on the other pages."""
    with st.container(horizontal=True):
        if state in ("queued", "running"):
            st.button("Stop", icon=":material/stop:", on_click=_do, args=[launch.stop, run])
        elif state in ("stopped", "failed", "lost"):
            st.button("Resume", icon=":material/resume:", on_click=_do, args=[launch.resume, run])
        if run.usable:
            query = {"model": run.name}
            st.page_link(
                "fmnist/pages/try_it.py", label="Try it", icon=":material/draw:", query_params=query
            )
            st.page_link(
                "fmnist/pages/mistakes.py",
                label="See its mistakes",
                icon=":material/search:",
                query_params=query,
            )
    if state != "queued" and (log := run.log()):
        with st.expander("Log"):
            st.code(log[-5000:], language=None)


def _do(action: Callable[[Run], None], run: Run) -> None:
    try:
        action(run)
    except RunError as error:  # another tab was quicker, say, or a run that it needs is gone
        st.toast(str(error))


page()
