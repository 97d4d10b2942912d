"""The network of the recipe own-layers, chosen layer by layer: the editor, its text and its source."""

import shlex

import streamlit as st

from fmnist.app.components.layer_editor import layer_editor, received
from fmnist.app.shared import lesson
from fmnist.data.dataset import DataSet
from fmnist.networks import layer_list
from fmnist.networks.layer_kinds import Layer, NetworkError
from fmnist.networks.layer_list import Plan
from fmnist.networks.presets import PRESETS
from fmnist.recipes.fields import MOST
from fmnist.recipes.recipe import COMPOSED, Recipe

from . import fields
from .fields import key

EDITOR = "train.layers"  # the component's key


def show(recipe: Recipe, dataset: DataSet) -> str | None:
    """The editor and what it builds.

    Returns:
        Why the network cannot be trained, in a sentence that is shown; None if it can, or has no layers to choose.
    """
    if recipe.architecture != COMPOSED:
        return None
    texts = _texts(recipe)
    plan = _plan(texts, dataset.form.shape, dataset.classes)
    if lesson.hides("layers"):
        if plan.problem:
            st.error(plan.problem)
        return plan.problem
    layer_editor(texts, plan, PRESETS, EDITOR, lambda: _take(recipe))
    with st.expander("As Keras source and as text", key="train.source"):
        show_source(texts, dataset)
        fields.show_network(recipe)
    return plan.problem


def show_source(texts: list[str], dataset: DataSet) -> None:
    """The Python source that builds the network for the data set, and how to train it at a shell."""
    try:
        source = layer_list.source([layer_list.read(text) for text in texts])
    except NetworkError:
        st.caption("The source is shown when each layer is possible.")
        return
    built = f"model = build({dataset.form.shape}, {dataset.classes})"
    st.code(f"{source}\n\n{built}", language="python", wrap_lines=True)
    st.caption("At a shell:")
    given = shlex.quote(f"layers={','.join(texts)}")
    command = f"python -m fmnist train own-layers --data {dataset.name} --set {given}"
    st.code(command, language="bash", wrap_lines=True)


def _texts(recipe: Recipe) -> list[str]:
    """The layers that the form holds."""
    text: str = st.session_state[key(recipe.name, "layers")]
    return [_standard(part) for part in text.split(",") if part.strip()]


def _standard(text: str) -> str:
    """A layer's text with all of its options; one that is not possible as it is."""
    try:
        return layer_list.standard(text)
    except NetworkError:
        return " ".join(text.split())


def _take(recipe: Recipe) -> None:
    """Put what the editor has sent into the form."""
    texts = received(EDITOR, MOST)
    if texts is not None:
        st.session_state[key(recipe.name, "layers")] = ", ".join(texts)
        fields.KEPT["on_change"]()


def _plan(texts: list[str], shape: tuple[int, ...], classes: int) -> Plan:
    """What is known of the network: of layers before one that is not possible, too."""
    layers: list[Layer] = []
    for text in texts:
        try:
            layers.append(layer_list.read(text))
        except NetworkError as error:
            before = layer_list.plan(layers, shape, classes).rows[: 2 + len(layers)]
            return Plan(before, str(error), len(layers))
    return layer_list.plan(layers, shape, classes)
