"""Hints about settings before a training starts: time to expect, differences from the recipe, warnings."""

import contextlib
import dataclasses
import functools
import math
import textwrap

import streamlit as st

from fmnist.data.dataset import DataSet
from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.recipes import registry, settings
from fmnist.recipes.fields import settings_of
from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes, cluster, estimate, parents, speed
from fmnist.runs.fields import Result
from fmnist.runs.files import RunError
from fmnist.runs.fit import fitting, suited
from fmnist.runs.run import Run
from fmnist.runs.splits import images_used

HERE = (
    "Estimated for this machine: from the time that such a training took here, or from a measurement of its speed. It "
    "takes longer while other programs compute."
)
ON_CLUSTER = (
    "From the time that such a training took on the cluster. It differs from machine to machine."
)
ELSEWHERE = (
    "From the time that the model took which ships with the app, scaled to this number of epochs, images and pixels. "
    "Yours may take several times as long, or less."
)
LOOK = 2.0  # seconds between two looks whether this machine was measured


def shipped_result(recipe: str) -> Result | None:
    """The result of the recipe's model that ships; None where none does."""
    with contextlib.suppress(RunError):  # it is damaged: the Models page shows that
        return Run(folders.SHIPPED / recipe).result
    return None


def show_how_long(chosen: Recipe, dataset: DataSet) -> None:
    """The time to expect, as far as one is known; it changes by itself once this machine was measured."""
    measures = launcher.measure_machine()
    st.fragment(_how_long, run_every=LOOK if measures else None)(chosen, dataset, measures)


def _how_long(chosen: Recipe, dataset: DataSet, measures: bool) -> None:
    if measures and not launcher.measure_machine():
        st.rerun()  # whatever is shown was estimated before
    known = _paces(str(folders.home()), speed.read() is not None)
    if not (found := estimate.of(chosen, dataset, known)) or not (found.here or found.exact):
        return
    why = ELSEWHERE if not found.here else ON_CLUSTER if cluster.is_used() else HERE
    st.caption(str(found), help=why, width="content")


@st.cache_data(ttl=10.0, show_spinner=False)
def _paces(home: str, measured: bool) -> estimate.Paces:
    return estimate.paces()


def origin(chosen: Recipe | None, dataset: DataSet, run: Run | None) -> str:
    """Where the settings in the form come from."""
    if run and chosen and chosen == _recipe_of(run):
        began = changes.effective(run)
        return f"The settings {'that' if began else 'of'} **{run.name}**{' began with' if began else ''}"
    own = registry.RECIPES.get(chosen.name) if chosen else None
    if own and chosen == suited(own, dataset):
        return "The recipe's own settings"
    return "Your settings"


def _recipe_of(run: Run) -> Recipe | None:
    with contextlib.suppress(RunError):  # it is broken
        return run.recipe
    return None


def show(chosen: Recipe, dataset: DataSet, run: Run | None) -> None:
    """What differs from the recipe, and warnings; the settings of `run` are shown beside it already."""
    made = dataclasses.replace(settings.base(chosen), data=dataset.name)
    here, fitted = suited(settings.base(chosen), dataset), fitting(made, dataset)
    if fitted != made:
        st.info(_left_out(fitted, made))
    if adapted := settings.differences(here, fitted):
        st.caption(f"Adapted to {dataset.name}: {in_short(adapted)}.")
    changed = settings.differences(chosen, here)
    if changed and not (run and chosen == _recipe_of(run)):
        st.caption(f"Changed: {in_short(changed)}.")
    for sentence in _sizes(chosen, images_used(chosen, dataset.training_images)):
        st.caption(sentence)


def _left_out(fitted: Recipe, made: Recipe) -> str:
    """What a recipe loses on another data set than its own, in a sentence."""
    parts = []
    for name, field in settings_of(Recipe).items():
        before, after = getattr(made, name), getattr(fitted, name)
        if before != after:
            kept = after if field.many else ()
            lost = [each for each in (before if field.many else [before]) if each not in kept]
            parts.append(f"{field.label.lower()} {', '.join(lost)}")
    return (
        f"Left out on {made.data}, as it is made for other images or classes: {'; '.join(parts)}."
    )


shorten = functools.partial(textwrap.shorten, width=60, placeholder=" …")  # a list of layers


def in_short(changed: dict[str, tuple[str, str]]) -> str:
    """Differences from the recipe in a line: "epochs **40** (recipe: 3)"."""
    return ", ".join(
        f"{name[0].lower() + name[1:]} **{shorten(here)}** (recipe: {shorten(there)})"
        for name, (here, there) in changed.items()
    )


def _sizes(chosen: Recipe, used: int) -> list[str]:
    """Warnings on how many images there are to learn from, and to hold out."""
    found, held_out = [], math.floor(used * chosen.validation_split)
    replay = (
        chosen.replay if chosen.pretrained else 0
    )  # images of the parent's data set beside them
    shown = round((used - held_out) / (1 - replay))
    if chosen.batch_size > shown:
        found.append(
            f"The batch size is larger than the {shown:,} training images: each epoch is one step."
        )
    if chosen.validation_split and not held_out:
        found.append(
            "This run will have no validation accuracy: the validation split is less than one image."
        )
    elif (chosen.pretrained or chosen.teachers) and held_out:
        found += _unvalidated(chosen)
    return found


def _unvalidated(chosen: Recipe) -> list[str]:
    """Why pretrained weights or teachers leave no validation images."""
    try:
        if len(parents.resolve(chosen).splits[0].validation):
            return []
    except RunError:  # Start reports it
        return []
    found = [
        "This run will have no validation accuracy: its pretrained weights or a teacher were trained "
        "on images that would be held out. Use that run's seed and validation split to get one."
    ]
    if chosen.schedule == "reduce-on-plateau":
        found.append(
            "The learning rate will stay constant: reduce-on-plateau needs a validation loss."
        )
    return found
