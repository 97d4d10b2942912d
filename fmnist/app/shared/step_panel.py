"""One image through a run's network, layer by layer, on any page; what is open is kept for the visitor."""

from pathlib import Path

import numpy as np
import streamlit as st

from fmnist.app.components.step_through import Choice, chosen, step_through, strongest
from fmnist.data.dataset import DataSet
from fmnist.inference.forward.steps import ForwardPass, Network
from fmnist.model_files import preprocessings
from fmnist.runs import cache
from fmnist.runs.run import Run

from . import widgets

# In the session: the layer that is open, the map of each layer, and the visitor's last drawing or photo.
STEP, MAPS, OWN = "steps.step", "steps.maps", "steps.own"
SCALE = "Teal: above zero. Amber: below. Each map has a scale of its own."


def remember(name: str, pixels: np.ndarray, dataset: DataSet) -> None:
    """Keep a visitor's drawing or photo, in the form of a data set, for other pages."""
    st.session_state[OWN] = (name, pixels, dataset.form, dataset.framing)


def own(dataset: DataSet) -> tuple[str, np.ndarray] | None:
    """The visitor's last drawing or photo with its name, if a model of that data set would get the same."""
    if not (kept := st.session_state.get(OWN)):
        return None
    name, pixels, *form = kept
    return (name, pixels) if form == [dataset.form, dataset.framing] else None


@st.fragment
def show(run: Run, pixels: np.ndarray, readings: int = 1) -> None:
    """The steps of an image; a click in them reruns only this.

    Args:
        run: with a model.
        pixels: (*shape) uint8, in the form of the run's data set.
        readings: how many readings of a drawing the prediction is the mean of; `pixels` are the first.
    """
    with widgets.errors_in_words():
        passed = _forward(run, cache.digest(run), pixels)
        if passed.not_explained:
            st.caption(
                f"The layer {passed.not_explained} and what follows it are not explained here."
            )
        step_through(passed, _choice(passed), run.dataset.class_names, "steps", _keep)
        st.caption(_computed(run, readings))


def _choice(passed: ForwardPass) -> Choice:
    """The layer and the map that are open; what fits no longer is chosen again."""
    names = [step.name for step in passed.steps]
    if (name := st.session_state.get(STEP)) not in names:
        first = (place for place, step in enumerate(passed.steps) if step.kind == "convolution")
        name = names[next(first, len(names) - 1)]
    place = names.index(name)
    step = passed.steps[place]
    maps: dict[str, int] = st.session_state.setdefault(MAPS, {})
    second = int(step.output.argsort()[-2:][0]) if step is passed.last else None
    number = maps.get(name)
    if number is None or number >= step.output.shape[-1]:
        number = strongest(step) if second is None else second
    if second is None:
        maps[name] = number  # the strokes that follow show the same map
    st.session_state["steps.names"] = names
    return Choice(place, number)


def _keep() -> None:
    """Keep the visitor's choice, before the page runs again."""
    names: list[str] = st.session_state.get("steps.names", [])
    if (choice := chosen("steps")) and 0 <= choice.step < len(names) and choice.map >= -1:
        name = st.session_state[STEP] = names[choice.step]
        if choice.map >= 0:
            st.session_state[MAPS][name] = choice.map


@st.cache_resource(max_entries=8, show_spinner=False)
def _network(path: Path, digest: str) -> Network:
    return Network(path / "model.keras")


@st.cache_resource(max_entries=4, show_spinner=False)
def _forward(_run: Run, digest: str, pixels: np.ndarray) -> ForwardPass:
    image = pixels
    if imported := _run.imported:
        image = preprocessings.apply(imported["preprocessing"], pixels[None])[0]
    return _network(_run.path, digest).forward(image)


def _computed(run: Run, readings: int) -> str:
    """What is computed here, and what the prediction has besides."""
    recipe = run.recipe
    besides = [
        "the mean over the image and its mirror image" * recipe.flip_tta,
        f"the ensemble member {recipe.ensemble_member}" * bool(recipe.ensemble_member),
        "weights of eight bits" * recipe.quantize,
        f"the mean over {readings} readings of the drawing, of which this is the first"
        * (readings > 1),
    ]
    own = f"{SCALE} The values are those of the network itself, in float32."
    others = [each for each in besides if each]
    return f"{own} The prediction has besides: {'; '.join(others)}." if others else own
