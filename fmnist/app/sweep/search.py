"""What a sweep searches: for each setting a text with its values or its range, as at a shell."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fmnist.recipes import registry, search_space
from fmnist.recipes.fields import Field
from fmnist.recipes.recipe import Recipe

FIRST = "learning_rate"  # what is searched in the beginning
RATES = (0.1, 0.33, 1, 3.3, 10)  # times the recipe's own, to one digit: 0.001, 0.003, 0.01
NEAR = (0.5, 1, 2)  # times another number of it
# The example that the page begins with: far enough apart that one epoch shows which is best.
EXAMPLE = (registry.TINY.name, "0.0001, 0.001, 0.01, 0.1")
LONGEST = 1_000  # characters
NUMBERS = "Values to try, such as 0.01, 0.03, 0.1; or a range to draw from, such as 0.001..0.1."
KEPT: dict[str, Any] = {"persist_state": "session"}  # outlasts a look at another page


def key(recipe: Recipe, name: str) -> str:
    """Where the session keeps what the form has for a recipe."""
    return f"sweep.{recipe.name}.{name}"


def fill(recipe: Recipe) -> None:
    """Search the learning rate."""
    st.session_state[key(recipe, "searched")] = [FIRST]
    for name in search_space.searchable():
        st.session_state[key(recipe, name)] = suggestion(recipe, name)


def take(recipe: Recipe, given: Mapping[str, str]) -> None:
    """Search what a link says."""
    st.session_state[key(recipe, "searched")] = list(given)
    for name, text in given.items():
        st.session_state[key(recipe, name)] = text[:LONGEST]


def texts(recipe: Recipe) -> dict[str, str]:
    """What is typed, by the names of the settings that are searched."""
    state = st.session_state
    return {name: state[key(recipe, name)] for name in state[key(recipe, "searched")]}


def has_example() -> bool:
    """Whether the form shows the example as it was."""
    if st.session_state.get("recipe") != EXAMPLE[0]:
        return False
    return texts(registry.find(EXAMPLE[0])) == {FIRST: EXAMPLE[1]}


def show(recipe: Recipe) -> None:
    """The choice of settings, and a text for each."""
    known = search_space.searchable()
    chosen = st.multiselect(
        "Settings to try",
        list(known),
        format_func=lambda name: known[name].label,
        key=key(recipe, "searched"),
        placeholder="none",
        help="What differs from trial to trial. All else stays as the recipe has it.",
        **KEPT,
    )
    for name in chosen:
        st.text_input(
            known[name].label,
            key=key(recipe, name),
            max_chars=LONGEST,
            help=f"{known[name].help} {_notation(known[name])}",
            **KEPT,
        )


def suggestion(recipe: Recipe, name: str) -> str:
    """Values of a setting to begin with: around the recipe's own, or all that there are."""
    if (recipe.name, name) == (EXAMPLE[0], FIRST):
        return EXAMPLE[1]
    field, value = search_space.searchable()[name], getattr(recipe, name)
    if field.many:
        return field.text(value)
    if field.choices:
        values: list[Any] = [*field.choices, *([None] if field.optional else [])]
    elif field.item is bool:
        values = [False, True]
    elif not value:
        values = [value]
    else:
        values = [_times(value, factor) for factor in (RATES if field.name == FIRST else NEAR)]
    return ", ".join(dict.fromkeys(map(field.text, values)))


def _times(value: float, factor: float) -> float:
    return round(value * factor) if isinstance(value, int) else float(f"{value * factor:.0e}")


def _notation(field: Field) -> str:
    if field.many:
        return "Values to try, with | between them."
    if field.choices or field.item is bool:
        return f"Values to try, with commas between them: each is {field.expected}."
    return NUMBERS
