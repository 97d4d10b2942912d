"""Train: pick a recipe, change its settings, start it, and watch it learn."""

import contextlib
from pathlib import Path
from typing import Any

import streamlit as st

from fmnist.app.shared import lesson, styles, widgets
from fmnist.app.shared.glossary import term
from fmnist.app.train import form, hints, watch
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.jobs import launcher
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.networks.presets import PRESETS
from fmnist.people import access
from fmnist.recipes.recipe import Recipe
from fmnist.runs import learning_curve, listing
from fmnist.runs.fields import Layer
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE

HERE = Path(__file__).parent
WATCHED = "train.watched"  # the run that was seen under way


def page() -> None:
    """The whole page."""
    widgets.page_header(
        "Train",
        f"Pick a {term('recipe')}, change what you like, and watch a {term('network')} learn.",
    )
    styles.apply(HERE / "train.css")
    listed = filter(_is_listed, listing.list_own_runs())
    own = {run.name: run for run in sorted(listed, key=listing.is_of_sweep)}  # sweeps' last
    run = watch.choose(own)
    with st.container(key="train-columns"):
        left, right = st.columns([2, 3], gap="medium")
    with left:
        recipe, dataset = form.show(run)
        about(recipe, dataset)
    with right:
        state = watch.show(own, run)
    if run and state in ACTIVE:
        st.session_state[WATCHED] = run.name
    if run and st.session_state.get(WATCHED) == run.name:
        styles.apply(HERE / "curves_first.css")
        if state == "finished":
            lesson.notice("training", run.name)


def _is_listed(run: Run) -> bool:
    """Whether the visitor has trained it; somebody else's only where the address names it."""
    mine = access.is_mine(run.path) or run.name == st.query_params.get("run")
    return mine and not _imported(run)


def _imported(run: Run) -> bool:
    """Whether the run is a model file, which was trained elsewhere."""
    with contextlib.suppress(RunError):  # a broken one is shown as such
        return run.imported is not None
    return False


def about(recipe: Recipe, dataset: DataSet) -> None:
    """The recipe's network, what is reported and measured of it, and where it comes from.

    What was reported, and measured of the model that ships, is about Fashion-MNIST alone.
    """
    details = st.expander("About this recipe", key="train.details", on_change="rerun")
    if not details.open:  # building a network only to list its layers takes seconds
        return
    with details:
        st.markdown(recipe.network.summary)
        if recipe.architecture not in ARCHITECTURES:  # the user's own layers or source
            _show_own(recipe)
            return
        if dataset == fashion_mnist.DATASET:
            _show_figures(recipe)
        layer_table(recipe, dataset)
        if recipe.architecture in PRESETS and not lesson.hides("layers"):
            st.button(
                "Change its layers",
                icon=":material/edit:",
                help="Train a network that begins as this one does, layer by layer.",
                on_click=form.change_layers,
                args=[recipe],
            )
        st.caption(recipe.origin)


def _show_figures(recipe: Recipe) -> None:
    """Parameters, reported accuracy, and what was measured of the model that ships."""
    plain: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off"}
    with st.container(horizontal=True):
        st.metric("Parameters", f"{ARCHITECTURES[recipe.architecture].parameters:,}")
        if recipe.reported_accuracy:
            after = f"after {recipe.reported_epochs} epochs" if recipe.reported_epochs else None
            st.metric("Reported accuracy", f"{recipe.reported_accuracy:.2%}", after, **plain)
        if result := hints.shipped_result(recipe.name):
            st.metric(
                "Measured",
                f"{result['test_accuracy']:.2%}",
                f"after {learning_curve.duration(result['seconds'])}",
                help="Accuracy on the test set and training time of the model that ships.",
                **plain,
            )


def _show_own(recipe: Recipe) -> None:
    if recipe.builder_source:
        st.code(recipe.builder_source, language="python", wrap_lines=True)
    st.caption(recipe.origin)


def layer_table(recipe: Recipe, dataset: DataSet) -> None:
    """Type, output shape and parameters of each layer."""
    with st.spinner("Building the network…"):
        try:
            layers = _layers(recipe.architecture, dataset)
        except RunError as error:
            st.error(str(error))
            return
    widgets.layer_table(layers)


@st.cache_data(show_spinner=False)
def _layers(architecture: str, dataset: DataSet) -> list[Layer]:
    return launcher.describe(architecture, dataset)


page()
