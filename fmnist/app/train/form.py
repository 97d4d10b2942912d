"""The form of the Train page: a recipe, its settings, and Start.

It is filled when a run is chosen: by a link, in the select box, or when the page first opens; and by a link that
names a recipe or a setting. Nothing else replaces what a visitor has set: not a visit to another page, not a run that
trains, not one that another tab starts.
"""

import contextlib
import time

import streamlit as st

from fmnist.app.shared import address, datasets, lesson, refused, visitor, widgets
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.jobs import launcher
from fmnist.networks.presets import PRESETS
from fmnist.people import mode
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import RecipeError, settings_of
from fmnist.recipes.recipe import Recipe
from fmnist.runs.files import RunError
from fmnist.runs.fit import fitting, suited
from fmnist.runs.run import Run

from . import augmented_preview, fields, layers
from . import hints as train_hints
from .fields import key

DOUBLE_CLICK = 2.0  # seconds in which two clicks on Start are meant as one
FOLLOWED = "train.followed"  # the run that was chosen when the page was last drawn
LAST = "train.recipe"  # the recipe that the form last showed
SEEDS = 9_999  # of which each person of a class has one
ASIDE = "train.aside"  # a visitor's own settings that a chosen run's have replaced


def followed() -> str | None:
    """The name of the run that was chosen when the page was last drawn."""
    return st.session_state.get(FOLLOWED)


def follow(run: Run | None, chosen: bool) -> None:
    """Fill the form with the settings of a run that was not the chosen one before.

    Args:
        run: what the page shows; None where there is none.
        chosen: False if the page shows it only because another one is gone.
    """
    before = st.session_state.get(FOLLOWED)
    st.session_state[FOLLOWED] = run and run.name
    if run is None or run.name == before or not chosen:
        return
    with contextlib.suppress(RunError):  # a broken run has no settings
        came = address.is_new()
        linked = st.query_params.get("recipe") or st.session_state.get("recipe")
        if not (came and address.says("recipe") and linked in registry.RECIPES):
            use(run.recipe, its_data=not (came and datasets.is_named("run")))


def use(recipe: Recipe, its_data: bool = True) -> None:
    """Choose a training's recipe and, unless a visitor has chosen another one, its data set; fill the form."""
    st.session_state["recipe"] = recipe.name
    if its_data:
        datasets.show_next(recipe.data)
    fill(recipe)


def change_layers(recipe: Recipe) -> None:
    """Choose own layers that begin as a recipe's network does, with the settings of the form."""
    with contextlib.suppress(RecipeError):  # a setting is not possible: then with the recipe's own
        recipe = composed(recipe.name)
    own = {name: getattr(recipe, name) for name in settings_of(Recipe)}
    use(registry.OWN_LAYERS.changed(**own | {"layers": PRESETS[recipe.architecture]}))


def fill(recipe: Recipe) -> None:
    """Set the fields of a recipe; own changes that this replaces are kept aside."""
    state, name = st.session_state, recipe.name
    with contextlib.suppress(KeyError, RecipeError):  # never filled before, or not possible
        if (own := composed(name)) not in (recipe, state[key(name, "filled")]):
            state[ASIDE] = own
    state[key(name, "filled")] = recipe
    fields.fill(recipe)


def composed(name: str) -> Recipe:
    """The recipe that the form's settings make.

    Raises:
        RecipeError: a setting has a value that is not possible.
        KeyError: the form was never filled for that recipe.
    """
    filled: Recipe = st.session_state[key(name, "filled")]
    values = fields.values(filled).items()
    return filled.changed(
        **{field: value for field, value in values if value != getattr(filled, field)}
    )


def show(run: Run | None) -> tuple[Recipe, DataSet]:
    """The form, beside that run; the recipe that the settings are changes of, and the data set."""
    state, names = st.session_state, list(registry.RECIPES)
    if not state.get("recipe"):
        first = registry.SHORTEST if mode.current() == "class" else names[0]
        state["recipe"] = state.get(LAST, first)
    if state["recipe"] not in names and key(state["recipe"], "filled") in state:
        names.append(state["recipe"])  # the chosen run's: of a name that no recipe here has
    _check_linked_recipe(names)
    left, right = st.columns(2)
    # No default, so that the address always names the recipe.
    name = left.selectbox(
        "Recipe",
        names,
        None,
        required=True,
        key="recipe",
        bind="query-params",
        on_change=launcher.keep_warm,
        help="; ".join(known.title for known in registry.RECIPES.values() if known.caveat),
    )
    with right:
        dataset = datasets.choose()
    if name is None:  # the browser went back to an address from before it named one
        st.rerun()
    state[LAST] = name
    if key(name, "filled") not in state:
        fill(_with_own_seed(registry.find(name)))
    _move_to(dataset, name)
    _follow_link(name, dataset)
    base = settings.base(state[key(name, "filled")])
    elsewhere = dataset != fashion_mnist.DATASET and not base.layers
    measured_on = f" (On {fashion_mnist.DATASET.name}.)" if elsewhere else ""
    st.markdown(f"{base.summary or ''}{measured_on}")
    if base.caveat:
        st.warning(f"`{name}` {base.caveat}.", icon=":material/info:")
    _settings(base, dataset, run)
    return base, dataset


def _check_linked_recipe(names: list[str]) -> None:
    """Say so where a link names a recipe that does not exist."""
    linked = st.query_params.get("recipe")
    if address.is_new() and linked and linked not in names:
        try:
            registry.find(linked[: address.SHOWN])
        except RecipeError as error:
            address.report("recipe", widgets.plain(str(error)))


def _follow_link(name: str, dataset: DataSet) -> None:
    """Fill the form as a link says: with the recipe's settings if it names one, and what it says of each."""
    found = address.linked(settings_of(Recipe).keys() - {datasets.KEY}, leader="recipe")
    if found is None:
        return
    recipe: Recipe = st.session_state[key(name, "filled")]
    if address.says("recipe"):
        recipe = _with_own_seed(_usual(name, dataset))
        fill(recipe)
    for setting, text in found.items():
        try:
            fields.take(recipe, setting, text)
        except RecipeError as error:
            address.report(setting, widgets.plain(str(error)))


def _with_own_seed(recipe: Recipe) -> Recipe:
    """In a class each begins with a seed of their own, or thirty people would train the same network."""
    if mode.current() != "class" or not (id := visitor.person().id):
        return recipe
    return recipe.changed(seed=int(id, 16) % SEEDS)


def _usual(name: str, dataset: DataSet) -> Recipe:
    """The recipe of that name as it suits the data set: what an address differs from."""
    return suited(settings.base(st.session_state[key(name, "filled")]), dataset)


def _write_link(name: str, dataset: DataSet) -> None:
    """Put the settings that differ from the recipe's into the address."""
    usual = _usual(name, dataset)
    address.write(fields.texts(usual, usual), settings_of(Recipe).keys() - {datasets.KEY})


def _move_to(dataset: DataSet, name: str) -> None:
    """Give the settings that a visitor has not changed the values that suit the data set."""
    filled: Recipe = st.session_state[key(name, "filled")]
    if filled.data == dataset.name:
        return
    own = filled
    with contextlib.suppress(RecipeError):  # a value that is not possible
        own = composed(name)
    st.session_state[key(name, "filled")] = suited(filled, dataset)
    fields.fill(suited(own, dataset))


@st.fragment  # of what is beside it, nothing depends on a setting
def _settings(base: Recipe, dataset: DataSet, run: Run | None) -> None:
    """The settings, Start, and a preview of the training images."""
    chosen, problem = None, None
    with st.container(border=True):
        heading = st.empty()
        with st.container(key="train-first"):
            fields.show_basics(base)
        buttons = st.container(horizontal=True, vertical_alignment="center")
        problems = st.container()
        misfit = layers.show(base, dataset)  # says itself what does not fit
        hints = st.container(gap="xsmall")
        _show_more(base, dataset)
        try:
            chosen = None if misfit else fitting(composed(base.name), dataset)
        except RecipeError as error:
            problem = str(error)
        _write_link(base.name, dataset)
        heading.caption(train_hints.origin(chosen, dataset, run))
        with buttons:
            pressed = _start_button(chosen, base, dataset)
        with problems:
            if pressed and chosen:
                problem = start(chosen)
            if problem:
                st.error(widgets.plain(problem))  # it may repeat a link's text
        with hints:
            if chosen:
                train_hints.show(chosen, dataset, run)
            _ways_back(chosen, base.name, dataset)
    _preview(chosen or base, dataset)


def _show_more(base: Recipe, dataset: DataSet) -> None:
    """The settings that few need, folded."""
    if not lesson.hides("advanced"):
        with st.expander("More settings", key="train.more"):
            fields.show_more(base, dataset)


def _preview(recipe: Recipe, dataset: DataSet) -> None:
    preview = st.expander("What it learns from", key="train.preview", on_change="rerun")
    if preview.open:
        with preview:
            augmented_preview.show(dataset, recipe.augmentation, recipe.mix, recipe.seed)


def _start_button(chosen: Recipe | None, base: Recipe, dataset: DataSet) -> bool:
    """Start, with about how long it will take; whether it was pressed."""
    icon = ":material/play_arrow:"
    pressed = not refused.instead("train", "Start", icon, primary=True) and st.button(
        "Start",
        type="primary",
        icon=icon,
        key=key(base.name, "start"),
        disabled=chosen is None,
    )
    if chosen:
        train_hints.show_how_long(chosen, dataset)
    return pressed


def _ways_back(chosen: Recipe | None, name: str, dataset: DataSet) -> None:
    """Buttons that restore the recipe's settings, or the visitor's own after those of a run."""
    own, aside = registry.RECIPES.get(name), st.session_state.get(ASIDE)
    ways: dict[str, tuple[str, Recipe]] = {}
    if own:
        own = suited(own, dataset)
    if own and chosen != own:
        ways["Reset to the recipe"] = (":material/restart_alt:", own)
    if aside and aside.name == name and aside != chosen:
        ways["Back to my changes"] = (":material/undo:", aside)
    if ways:
        with st.container(horizontal=True, gap="medium"):
            for label, (icon, recipe) in ways.items():
                st.button(label, type="tertiary", icon=icon, on_click=use, args=[recipe])


def start(chosen: Recipe) -> str | None:
    """Start a run and show it; returns what went wrong, in a sentence."""
    before, begun = st.session_state.get("train.started", (None, 0.0))
    if chosen == before and time.monotonic() - begun < DOUBLE_CLICK:
        return None
    try:
        run = launcher.start(chosen)
    except (RecipeError, RunError) as error:
        return str(error)
    st.session_state["train.started"] = (chosen, time.monotonic())
    st.session_state["run"] = run.name
    return st.rerun()
