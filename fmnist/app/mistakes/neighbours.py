"""The network's embeddings of the images, computed in the background once for all visitors."""

from pathlib import Path

import numpy as np
import streamlit as st

from fmnist.analysis import attribution
from fmnist.app.shared import widgets
from fmnist.inference.embedding import Embedding
from fmnist.runs import cache
from fmnist.runs.run import Run


def embedding(run: Run) -> Embedding:
    """The run's embedding, as far as it is known; the first visitor starts it."""
    return _embedding(run.path, cache.digest(run))


@st.cache_resource(max_entries=32, show_spinner=False)
def _embedding(path: Path, digest: str) -> Embedding:
    found = Embedding(Run(path))
    found.start()
    return found


def alike(run: Run, images: np.ndarray) -> np.ndarray:
    """The test images ordered so that similar ones are adjacent; those not computed yet come last."""
    known = embedding(run)
    widgets.wait_for_sample(known)
    if known.problem:
        st.error(known.problem)
        return images
    test = known.points.test if known.points else np.empty((0, 0))
    if len(test) < run.dataset.test_images and len(images):
        _wait(run, len(test))
    placed = images[images < len(test)]
    ordered = placed[_alike(cache.digest(run), placed, test)] if len(placed) else placed
    return np.concatenate([ordered, images[images >= len(test)]])


@st.cache_data(max_entries=32, show_spinner=False)
def _alike(digest: str, images: np.ndarray, _test: np.ndarray) -> np.ndarray:
    return attribution.alike(_test[images])


@st.fragment(run_every=1)
@widgets.errors_in_words()
def _wait(run: Run, shown: int) -> None:
    """Progress of the test images; reruns the page once all are there."""
    known, count = embedding(run), run.dataset.test_images
    done = len(known.points.test) if known.points else 0
    if done == count or known.problem:
        st.rerun()
    st.progress(
        done / count,
        f"The first {shown:,} of {count:,} test images are in order. "
        "The others follow when their embedding is computed, once per model, in the background.",
    )
