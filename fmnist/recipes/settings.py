"""The settings of a training: as texts give them, in words, beside the recipe's; a learning rate that would do better."""

import difflib
from collections.abc import Iterable
from typing import Any

from .fields import RecipeError, describe, settings_of
from .recipe import Recipe
from .registry import RECIPES

USUAL_RATES = {"adam": 0.001, "rmsprop": 0.001, "sgd": 0.01, "nesterov": 0.01}
FEWEST, MOST = 2, 5  # epochs of a further training
# Of a training on a few images; chosen on drawings and photos of the development sets that were predicted wrongly.
STEPS, FEW_BATCH, FEW_REPLAY, FEW_SHARE = 200, 128, 0.75, 0.5
FEW_RATE = 0.2  # of the recipe's learning rate
NEW_RATE = {  # what another learning rate means while a run trains, by its schedule
    "one-cycle": "The learning rate is the new peak of the one-cycle schedule, which continues where it is.",
    "reduce-on-plateau": "The learning rate is used as given: earlier halvings of the schedule no longer count.",
}
FAR = 10  # times below the usual learning rate: then that explains why nothing is learned


def parse(texts: Iterable[str]) -> dict[str, Any]:
    """Settings as `Recipe.changed` takes them, of texts such as "epochs=5".

    Raises:
        RecipeError: there is no such setting, or the value is not possible.
    """
    known, found = settings_of(Recipe), {}
    for name, equals, text in (text.partition("=") for text in texts):
        if not equals:
            raise RecipeError(f"Expected FIELD=VALUE, such as epochs=5, not {name[:80]!r}.")
        if name not in known:
            raise RecipeError(unknown(name))
        found[name] = known[name].parse(text)
    return found


def unknown(name: str) -> str:
    """That there is no setting of that name, in a sentence with those of similar names."""
    known = settings_of(Recipe)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or list(known)
    return f"There is no setting {name[:40]!r}; did you mean {' or '.join(near)}?"


def base(recipe: Recipe) -> Recipe:
    """What a recipe is a change of: the known one of its name, or itself where there is none."""
    known = RECIPES.get(recipe.name, recipe)
    return known if known.architecture == recipe.architecture else recipe


def label(field: str) -> str:
    """What a field is called where people read it."""
    return describe(Recipe)[field].label


def in_words(recipe: Recipe) -> dict[str, str]:
    """A recipe's settings by their labels, for a reader; those that are switched off are left out."""
    found = {"Recipe": recipe.name}
    for name, field in settings_of(type(recipe)).items():
        words = field.in_words(getattr(recipe, name))
        if words and (field.needs is None or getattr(recipe, field.needs)):
            found[field.label] = words
    return found


def differences(recipe: Recipe, other: Recipe | None = None) -> dict[str, tuple[str, str]]:
    """What differs from another recipe, by default the known one of that name: each setting's words here and there.

    "none" stands for a setting that is switched off. A recipe of an unknown name differs in nothing.
    """
    here, there = in_words(recipe), in_words(other or base(recipe))
    return {
        name: (here.get(name, "none"), there.get(name, "none"))
        for name in here | there
        if here.get(name) != there.get(name)
    }


def further(recipe: Recipe, run: str) -> Recipe:
    """The settings of a training that starts with the weights of that run of the recipe: gentle, and short."""
    return recipe.changed(
        pretrained=run,
        learning_rate=_tenth(recipe.learning_rate),
        epochs=max(FEWEST, min(MOST, recipe.epochs // 3)),
    )


def on_few(recipe: Recipe, run: str, data: str, images: int) -> Recipe:
    """The settings to learn a few images more, such as corrected ones, without forgetting the others.

    Each epoch has three times as many images of the run's own data set as new ones (replay), there are about `STEPS`
    batches in all, and the finished weights stay half way to the pretrained ones (weight interpolation).

    Args:
        recipe: of the run.
        run: whose weights it starts with.
        data: the name of the data set with the few images.
        images: how many it has for training.
    """
    new_in_batch = FEW_BATCH * (1 - FEW_REPLAY)
    return recipe.changed(
        pretrained=run,
        data=data,
        training_images=None,
        teachers=(),  # whose predictions would take longer than the training
        replay=FEW_REPLAY,
        pretrained_share=FEW_SHARE,
        batch_size=FEW_BATCH,
        epochs=max(1, round(STEPS * min(1, new_in_batch / images))),
        learning_rate=float(f"{FEW_RATE * recipe.learning_rate:.0e}"),
        validation_split=0.0,
    )


def own_rate(recipe: Recipe) -> float:
    """The learning rate of the recipe of that name; the optimizer's usual one where it has another."""
    original = RECIPES.get(recipe.name)
    if original and original.optimizer == recipe.optimizer:
        return original.learning_rate
    return USUAL_RATES[recipe.optimizer]


def lower_rate(recipe: Recipe) -> float:
    """A learning rate for a training that diverged: a tenth of its own, or `own_rate` if that is less."""
    return min(_tenth(recipe.learning_rate), own_rate(recipe))


def _tenth(rate: float) -> float:
    return float(f"{rate / 10:.0e}")


def better_rate(recipe: Recipe) -> float:
    """A learning rate for a training that learned nothing: lower, unless its own is very low already."""
    return own_rate(recipe) if _is_low(recipe) else lower_rate(recipe)


def advice(recipe: Recipe) -> str:
    """What to try after a training that learned nothing, in a sentence."""
    kind = "low" if _is_low(recipe) else "high"
    return (
        f"The learning rate {recipe.learning_rate:g} is probably too {kind}; "
        f"try {better_rate(recipe):g}."
    )


def _is_low(recipe: Recipe) -> bool:
    return recipe.learning_rate * FAR <= own_rate(recipe)
