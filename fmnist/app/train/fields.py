"""The fields of the Train page's form, made of their descriptions; the session keeps the values, for each recipe its own.

They have no bounds: a browser would keep a value beyond them to itself, and Start would train with the one before. The
recipe's own check says in a sentence what is not possible.
"""

import contextlib
import dataclasses
from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fmnist.data.dataset import DataSet
from fmnist.jobs import launcher
from fmnist.recipes.fields import Field, RecipeError, settings_of
from fmnist.recipes.hyperparameters import BASICS, NETWORK
from fmnist.recipes.recipe import COMPOSED, Recipe
from fmnist.runs import listing
from fmnist.runs.files import RunError

LONGEST = 4_000  # characters of a link's layers
HIGHEST = 2**53 - 1  # that a browser's field can hold
Offer = dict[str, list[str]]  # names of runs, by the kind that a field asks for

# Settings outlast a look at another recipe or page. Who changes one may start a training soon.
KEPT: dict[str, Any] = {"persist_state": "session", "on_change": launcher.keep_warm}


def key(recipe: str | None, field: str) -> str:
    """Where the session keeps a setting."""
    return f"train.{recipe}.{field}"


def fill(recipe: Recipe) -> None:
    """Set all fields as the recipe has them."""
    for name, field in settings_of(type(recipe)).items():
        value = getattr(recipe, name)
        if field.many:
            value = list(value) if _is_list(field) else ", ".join(map(str, value))
        st.session_state[key(recipe.name, name)] = value


def values(recipe: Recipe) -> dict[str, Any]:
    """What the fields hold, as a recipe does.

    Raises:
        KeyError: they were never filled.
        RecipeError: a text does not stand for any values.
    """
    found = {}
    for name, field in settings_of(type(recipe)).items():
        value = st.session_state[key(recipe.name, name)]
        if field.many:
            value = tuple(value) if _is_list(field) else field.parse(value)
        found[name] = value
    return found


def linkable(recipe: Recipe) -> dict[str, Field]:
    """The settings of the form that the address has; the data set has a parameter of its own."""
    return {
        name: field
        for name, field in settings_of(type(recipe)).items()
        if not field.datasets and (field.group != NETWORK or recipe.architecture == COMPOSED)
    }


def texts(recipe: Recipe, usual: Recipe) -> dict[str, str]:
    """What the fields hold, as a link says it: where it differs from the usual recipe."""
    found = {}
    for name, field in linkable(recipe).items():
        text = _text(field, st.session_state[key(recipe.name, name)])
        if text != field.text(getattr(usual, name)):
            found[name] = text
    return found


def _text(field: Field, value: Any) -> str:
    if field.many and not _is_list(field):
        try:
            value = field.parse(value)
        except RecipeError:  # as it is: the form says what is wrong
            return ",".join(part.strip() for part in value.split(","))
    return field.text(tuple(value) if field.many else value)


def take(recipe: Recipe, name: str, text: str) -> None:
    """Put a link's value into a field, whose check says whether it is possible.

    Raises:
        RecipeError: the recipe has no such setting, or the field cannot hold the value.
    """
    if name not in linkable(recipe):
        raise RecipeError(f"The recipe {recipe.name} has no setting {name!r}.")
    st.session_state[key(recipe.name, name)] = _held(settings_of(type(recipe))[name], text)


def _held(field: Field, text: str) -> Any:
    """The value that the field's widget holds for a text."""
    if field.many and not _is_list(field):
        return text[:LONGEST]
    try:
        value = field.parse(text)
    except RecipeError:
        with contextlib.suppress(ValueError, OverflowError):  # too high, say
            if field.item in (int, float) and abs(float(text)) <= HIGHEST:
                return field.item(text)
        raise
    if isinstance(value, int | float) and abs(value) > HIGHEST:
        raise RecipeError(f"{field.label} must be {field.expected}, not {text[:LONGEST]}.")
    return list(value) if field.many else value


def _is_list(field: Field) -> bool:
    """Whether a widget offers the values that there can be many of; otherwise they are typed."""
    return bool(field.choices or field.runs)


def show_basics(recipe: Recipe) -> None:
    """The settings that are changed most."""
    _show(_of_group(recipe, BASICS), recipe)


def show_network(recipe: Recipe) -> None:
    """The layers as text."""
    _show(_of_group(recipe, NETWORK), recipe)


def _of_group(recipe: Recipe, group: str) -> list[Field]:
    return [field for field in settings_of(type(recipe)).values() if field.group == group]


def show_more(recipe: Recipe, dataset: DataSet) -> None:
    """The others, by their groups; the data set has its place beside the recipe."""
    groups: dict[str, list[Field]] = {}
    for field in settings_of(type(recipe)).values():
        if not field.datasets:
            groups.setdefault(field.group or "", []).append(field)
    trained = _trained_runs(_with_layers(recipe), dataset)
    for group, fields in groups.items():
        if group not in (BASICS, NETWORK):
            st.markdown(f"**{group}**")
            _show(fields, recipe, trained)


def _with_layers(recipe: Recipe) -> Recipe:
    """The recipe with the layers that the form has, if they are possible."""
    with contextlib.suppress(RecipeError):
        text = st.session_state[key(recipe.name, "layers")]
        return dataclasses.replace(recipe, layers=settings_of(Recipe)["layers"].parse(text))
    return recipe


def _show(fields: Sequence[Field], recipe: Recipe, trained: Offer | None = None) -> None:
    """Two fields a row; one that holds many values has a row of its own."""
    places: list[DeltaGenerator] = []
    for field in fields:
        if field.many:
            place, places = st.container(), []
        else:
            places = places or list(st.columns(2, vertical_alignment="bottom"))
            place = places.pop(0)
        _widget(place, field, recipe, trained or {})


def _widget(place: DeltaGenerator, field: Field, recipe: Recipe, trained: Offer) -> None:
    """The widget of a field of the form."""
    name = key(recipe.name, field.name)
    without_effect = field.needs and not st.session_state.get(key(recipe.name, field.needs))
    options = _offered(field, recipe, trained) if field.runs else field.choices
    widget(place, field, recipe, options, key=name, disabled=bool(without_effect), **KEPT)


def widget(
    place: DeltaGenerator,
    field: Field,
    recipe: Recipe,
    options: Sequence[str],
    initial: Any = None,
    **about: Any,
) -> None:
    """The widget that suits a field.

    Args:
        place: where it is shown.
        field: what it is for.
        recipe: whose value gives the step of a number.
        options: to choose from, if the field is of choices or runs.
        initial: its value where the session has none, if it is a number or of choices.
        about: the widget's key, and what else Streamlit takes for any widget.
    """
    about = {"help": field.help} | about
    if field.choices or field.runs:
        if field.many:
            place.multiselect(field.label, options, initial, placeholder="none", **about)
        elif field.optional:
            chosen = options.index(initial) if initial in options else None
            place.selectbox(field.label, options, chosen, placeholder="none", **about)
        else:
            place.selectbox(field.label, options, **about)
    elif field.item is bool:
        place.checkbox(field.label, **about)
    elif field.many or field.item is str:
        place.text_input(field.label, placeholder="none", **about)
    elif field.item is int:
        place.number_input(field.label, step=int(field.step or 1), **about)
    else:
        step = field.step or float(f"{getattr(recipe, field.name) / 10:.0e}")
        about |= {} if initial is None else {"value": initial}
        place.number_input(field.label, step=step, format="%g", **about)


def _trained_runs(recipe: Recipe, dataset: DataSet) -> Offer:
    """Runs that predict the data set's classes ("any"), and those of the recipe's network ("alike")."""
    found: Offer = {"any": [], "alike": []}
    for run in listing.usable_runs():
        with contextlib.suppress(RunError):  # it is just being deleted
            if run.dataset.is_like(dataset):
                found["any"].append(run.name)
            if recipe.has_network_of(run.recipe):
                found["alike"].append(run.name)
    return found


def _offered(field: Field, recipe: Recipe, trained: Offer) -> list[str]:
    """The runs to choose from, with what is chosen already: Start objects if it is gone."""
    names = trained.get(field.runs or "", [])
    chosen = st.session_state.get(key(recipe.name, field.name)) or []
    return list(dict.fromkeys([*names, *([chosen] if isinstance(chosen, str) else chosen)]))
