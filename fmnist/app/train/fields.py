"""The fields of the Train page's form; the session keeps their values, for each recipe its own.

They have no bounds: a browser would keep a value beyond them to itself, and Start would
train with the one before. `Recipe` objects to what is not possible, in a sentence.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from fmnist.augmentation.augment import AUGMENTATIONS, MIXES
from fmnist.jobs import launcher
from fmnist.recipes import settings
from fmnist.recipes.recipe import OPTIMIZERS, PRECISIONS, Recipe
from fmnist.runs import listing
from fmnist.runs.files import RunError

# Settings outlast a look at another recipe or page. Who changes one may start a training soon.
FIELD = {"persist_state": "session", "on_change": launcher.keep_warm}
EXACTNESS = {"auto": "auto", "float32": "exact float32"}


def key(recipe: str | None, field: str) -> str:
    """Where the session keeps a setting."""
    return f"train.{recipe}.{field}"


def fill(recipe: Recipe) -> None:
    """Set all fields as the recipe has them."""
    for field, value in settings.of(recipe).items():
        st.session_state[key(recipe.name, field)] = list(value) if field in LISTS else value


def values(recipe: str) -> dict[str, Any]:
    """What the fields hold.

    Raises:
        KeyError: they were never filled.
    """
    return {field: st.session_state[key(recipe, field)] for field in settings.CHANGEABLE}


LISTS = ("augmentation", "teachers")


def first(recipe: Recipe) -> None:
    """The settings that are changed most."""
    one, two = st.columns(2)
    one.number_input(
        "Epochs", step=1, help=_epochs_help(recipe), key=key(recipe.name, "epochs"), **FIELD
    )
    two.number_input(
        "Learning rate",
        step=float(f"{settings.own_rate(recipe) / 10:.0e}"),
        format="%g",
        key=key(recipe.name, "learning_rate"),
        **FIELD,
    )
    one, two = st.columns(2)
    one.number_input("Batch size", step=1, key=key(recipe.name, "batch_size"), **FIELD)
    two.number_input("Seed", step=1, key=key(recipe.name, "seed"), **FIELD)


def more(recipe: Recipe) -> None:
    """The others."""
    one, two = st.columns(2)
    one.selectbox("Optimizer", OPTIMIZERS, key=key(recipe.name, "optimizer"), **FIELD)
    two.number_input(
        "Validation split",
        step=0.05,
        format="%g",
        help="Share of the training images that is held out to measure progress, 0 to 0.9.",
        key=key(recipe.name, "validation_split"),
        **FIELD,
    )
    st.multiselect(
        "Augmentation",
        list(AUGMENTATIONS),
        help="Random changes to each training image, new ones in each epoch.",
        key=key(recipe.name, "augmentation"),
        **FIELD,
    )
    one, two = st.columns(2)
    one.selectbox(
        "Mix",
        ["", *MIXES],
        format_func=lambda name: name or "none",
        help="About half of the images are mixed with part of another image; the target is mixed "
        "in the same proportion (CutMix, FMix).",
        key=key(recipe.name, "mix"),
        **FIELD,
    )
    two.selectbox(
        "Precision",
        PRECISIONS,
        format_func=EXACTNESS.get,
        help="auto: bfloat16 where the processor has it, as accurate and up to twice as fast.",
        key=key(recipe.name, "precision"),
        **FIELD,
    )
    _other_runs(recipe)


def _other_runs(recipe: Recipe) -> None:
    trained = _trained_runs()
    like = [name for name, architecture in trained.items() if architecture == recipe.architecture]
    st.selectbox(
        "Starting weights",
        _offered(["", *like], key(recipe.name, "pretrained")),
        format_func=lambda name: name or "(random)",
        help="The weights of a trained network of the same architecture (fine-tuning); use a lower "
        "learning rate then.",
        key=key(recipe.name, "pretrained"),
        **FIELD,
    )
    st.multiselect(
        "Teachers",
        _offered(list(trained), key(recipe.name, "teachers")),
        help="Trained models whose mean prediction for each image is learned, more than its label "
        "(knowledge distillation). Their predictions take time.",
        key=key(recipe.name, "teachers"),
        **FIELD,
    )


def _trained_runs() -> dict[str, str]:
    """The architecture of each trained run, by its name."""
    found = {}
    for run in listing.usable_runs():
        with contextlib.suppress(RunError):  # it is just being deleted
            found[run.name] = run.recipe.architecture
    return found


def _offered(names: Sequence[str], key: str) -> list[str]:
    """The names to choose from, with what is chosen already: Start objects if it is gone."""
    chosen = st.session_state.get(key) or []
    return list(dict.fromkeys([*names, *([chosen] if isinstance(chosen, str) else chosen)]))


def _epochs_help(recipe: Recipe) -> str:
    text = "Passes over the training images."
    if recipe.resplit_epochs:
        text += (
            f" As reported, {len(recipe.resplit_epochs)} more trainings of {recipe.resplit_epochs[0]} epochs"
            " follow, each on a new split; with another number of epochs, starting weights, teachers or "
            "no validation they do not."
        )
    return text
