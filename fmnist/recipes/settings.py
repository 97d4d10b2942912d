"""The settings of a training: in words, how they differ from the recipe's, a learning rate that would do better."""

import contextlib
from typing import Any

from .recipe import TRAINING_IMAGES, Recipe, RecipeError
from .registry import RECIPES

# What a user may change of a recipe, on the Train page and on the command line.
CHANGEABLE = (
    "epochs",
    "batch_size",
    "optimizer",
    "learning_rate",
    "validation_split",
    "augmentation",
    "mix",
    "teachers",
    "pretrained",
    "seed",
    "precision",
)
USUAL_RATES = {"adam": 0.001, "rmsprop": 0.001, "sgd": 0.01, "nesterov": 0.01}
FAR = 10  # times below the usual learning rate: then that explains why nothing is learned


def of(recipe: Recipe) -> dict[str, Any]:
    """The values of all that can be changed, as `Recipe.changed` takes them: "" where there is none."""
    values = {name: getattr(recipe, name) for name in CHANGEABLE}
    return {name: "" if value is None else value for name, value in values.items()}


def base(recipe: Recipe) -> Recipe:
    """What the recipe is a change of: the known one of its name, or itself if no change makes it."""
    with contextlib.suppress(KeyError, RecipeError):
        if RECIPES[recipe.name].changed(**of(recipe)) == recipe:
            return RECIPES[recipe.name]
    return recipe


def in_words(recipe: Recipe) -> dict[str, str]:
    """A recipe's settings, for a reader; those that are switched off are left out."""
    then = f", then {', '.join(map(str, recipe.resplit_epochs))} on new splits"
    *most, last = recipe.teachers or ("",)
    taught = f"the mean answer of {', '.join(most)} and {last}" if most else f"what {last} says"
    told = {
        "Recipe": recipe.name,
        "Starting weights": recipe.pretrained and f"those of {recipe.pretrained}",
        "Epochs": f"{recipe.epochs}{then if recipe.resplit_epochs else ''}",
        "Batch size": f"{recipe.batch_size:,} images",
        "Optimizer": recipe.optimizer,
        "Learning rate": f"{recipe.learning_rate:g}",
        "Schedule": recipe.schedule,
        "Weight decay": recipe.weight_decay and f"{recipe.weight_decay:g}",
        "Label smoothing": recipe.label_smoothing and f"{recipe.label_smoothing:g}",
        "Augmentation": ", ".join(recipe.augmentation),
        "Mix": recipe.mix,
        "Targets": recipe.teachers
        and f"{recipe.distillation_weight:.0%} {taught}; {1 - recipe.distillation_weight:.0%} the label",
        "Training images": recipe.training_images < TRAINING_IMAGES
        and f"the first {recipe.training_images:,}",
        "Validation": f"{recipe.validation_split:.0%} of the training images",
        "Kept": "the last weights"
        if not recipe.restore_best_weights
        else "the weights with the lowest validation loss",
        "Averaged": recipe.ema_momentum
        and f"its weights, over about {1 / (1 - recipe.ema_momentum):,.0f} steps",
        "Precision": recipe.precision != "auto" and recipe.precision,
        "Calibrated": recipe.calibrate and "on the validation images",
        "Views": recipe.flip_tta and "the mean answer to the picture and its mirror image",
        "Mixed in": recipe.ensemble_member
        and f"{recipe.ensemble_weight:.0%} of what {recipe.ensemble_member} says",
        "Weights": recipe.quantize and "rounded to eight bits where it answers",
        "Seed": str(recipe.seed),
    }
    return {name: words for name, words in told.items() if words}


def differences(recipe: Recipe) -> dict[str, tuple[str, str]]:
    """What differs from the recipe of that name: each setting's words here and there.

    "none" stands for a setting that is switched off. A recipe of an unknown name differs in nothing.
    """
    here, there = in_words(recipe), in_words(RECIPES.get(recipe.name, recipe))
    return {
        name: (here.get(name, "none"), there.get(name, "none"))
        for name in here | there
        if here.get(name) != there.get(name)
    }


def own_rate(recipe: Recipe) -> float:
    """The learning rate of the recipe of that name; the optimizer's usual one where it has another."""
    original = RECIPES.get(recipe.name)
    if original and original.optimizer == recipe.optimizer:
        return original.learning_rate
    return USUAL_RATES[recipe.optimizer]


def lower_rate(recipe: Recipe) -> float:
    """A learning rate for a training that diverged: a tenth of its own, or `own_rate` if that is less."""
    return min(float(f"{recipe.learning_rate / 10:.0e}"), own_rate(recipe))


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
