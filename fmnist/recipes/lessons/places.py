"""What each page of the app takes in its address: where links may lead, those of lessons too."""

from collections.abc import Mapping, Sequence
from typing import Any

from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.recipes import registry, search_space, settings
from fmnist.recipes.fields import RecipeError, settings_of
from fmnist.recipes.recipe import Recipe

SETTINGS = frozenset(settings_of(Recipe))
SEARCHABLE = frozenset(
    search_space.searchable()
)  # in a link to a sweep each with all values to try
PLACES = {
    "try_it": frozenset({"model", "drawing", "example", "test_image"}),
    "train": frozenset({"recipe", "run", "data"}) | SETTINGS,
    "sweep": frozenset({"recipe", "sweep", "data", "sampler", "pruner", "seeds", "trials", "chart"})
    | SEARCHABLE,
    "models": frozenset(
        {"model", "show", "as", "against", "sweeps", "data", "tab", "test_image", "export"}
        | {"convolution"}
    ),
    "mistakes": frozenset(
        {"model", "view", "true", "predicted", "order", "figures", "hide", "page", "image"}
        | {"labels", "other", "correct", "corruption"}
        | set(CORRUPTIONS)  # each with its strength
    ),
    "data": frozenset({"data", "split", "image", "map", "model", "sample"}),
    "learn": frozenset({"read"}),
}

# What is no choice on the page, but only in the address.
ADDRESS_ALONE = {
    "try_it": PLACES["try_it"] - {"model"},
    "train": SETTINGS - {"data"},
    "sweep": SEARCHABLE,
    "mistakes": frozenset({"image"}),
    "data": frozenset({"sample"}),
    "learn": PLACES["learn"],
}
TYPES: dict[str, type] = {
    "hide": bool,
    "sweeps": bool,
    "page": int,
    "image": float,
    "test_image": float,
    "seeds": int,
    "trials": int,
}  # of choices that are no text


def choices(page: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What a link sets on its page, as the page's widgets of these keys hold it."""
    found = {}
    for name in query.keys() - ADDRESS_ALONE.get(page, frozenset()):
        found[name] = _value(name, query[name])
    return found


def _value(name: str, text: str) -> Any:
    if name in CORRUPTIONS:
        return next((value for value in CORRUPTIONS[name].strengths if f"{value:g}" == text), text)
    kind = TYPES.get(name, str)
    return text.lower() == "true" if kind is bool else kind(text)


def problem(page: str, query: Sequence[tuple[str, str]]) -> str | None:
    """What is wrong with a link into the app, as the end of a sentence; None if nothing is."""
    if page not in PLACES:
        return f"there is no page `{page}`; expected one of {', '.join(PLACES)}"
    for name, _ in query:
        if name not in PLACES[page]:
            known = (
                "recipe, run or a setting" if page == "train" else ", ".join(sorted(PLACES[page]))
            )
            return f"the page `{page}` takes no `{name}` in its address; expected {known}"
    if page == "train":
        return _problem_of_settings(dict(query))
    if page == "sweep" and (found := _problem_of_sweep(dict(query))):
        return found
    return _problem_of_choices(page, dict(query))


def _problem_of_choices(page: str, query: dict[str, str]) -> str | None:
    """What is wrong with a number or a class' name in a link."""
    try:
        chosen = choices(page, query)
    except ValueError:
        name = next(name for name in query if TYPES.get(name) in (int, float))
        return f"`{name}` is {query[name]!r:.40}; expected a number"
    for name in chosen.keys() & CORRUPTIONS.keys():
        strengths = CORRUPTIONS[name].strengths
        if chosen[name] not in strengths:
            return f"`{name}` is {chosen[name]!r:.40}; expected one of {', '.join(map('{:g}'.format, strengths))}"
    return None


def _problem_of_sweep(query: dict[str, str]) -> str | None:
    """What is wrong with the recipe or the values to try of a link to the Sweep page."""
    texts = {name: text for name, text in query.items() if name in SEARCHABLE}
    try:
        recipe = registry.find(query["recipe"]) if "recipe" in query else registry.TINY
        if texts.keys() - {"epochs"}:
            search_space.parse(recipe, texts)
    except RecipeError as error:
        return str(error).rstrip(".")
    return None


def _problem_of_settings(query: dict[str, str]) -> str | None:
    """What is wrong with the recipe or the settings of a link to the Train page."""
    given = [f"{name}={value}" for name, value in query.items() if name in SETTINGS]
    try:
        recipe = registry.find(query["recipe"]) if "recipe" in query else registry.TINY
        recipe.changed(**settings.parse(given))
    except RecipeError as error:
        return str(error).rstrip(".")
    return None
