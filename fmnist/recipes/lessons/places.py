"""Where a lesson's links may lead: the app's pages, and what each takes in its address."""

from collections.abc import Sequence

from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import RecipeError, settings_of
from fmnist.recipes.recipe import Recipe

SETTINGS = frozenset(settings_of(Recipe))
PLACES = {
    "try_it": frozenset({"model", "drawing", "test_image"}),
    "train": frozenset({"recipe", "run", "data"}) | SETTINGS,
    "models": frozenset({"model", "show", "as", "against", "data", "tab"}),
    "mistakes": frozenset(
        {"model", "view", "true", "predicted", "order", "figures", "hide", "page", "image"}
        | {"labels", "other", "correct", "corruption"}
        | set(CORRUPTIONS)  # each with its strength
    ),
    "data": frozenset({"data", "split", "image", "map", "model"}),
    "learn": frozenset({"read"}),
}


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
    return _problem_of_settings(dict(query)) if page == "train" else None


def _problem_of_settings(query: dict[str, str]) -> str | None:
    """What is wrong with the recipe or the settings of a link to the Train page."""
    given = [f"{name}={value}" for name, value in query.items() if name in SETTINGS]
    try:
        recipe = registry.find(query["recipe"]) if "recipe" in query else registry.TINY
        recipe.changed(**settings.parse(given))
    except RecipeError as error:
        return str(error).rstrip(".")
    return None
