"""Images as points of a network's embedding, worked out in the background once for all visitors."""

from pathlib import Path

import numpy as np
import streamlit as st

from fmnist import datasets, derived, explain
from fmnist.embedding import Embedding
from fmnist.pages import widgets
from fmnist.runs import Run


def embedding(run: Run) -> Embedding:
    """The run's embedding, as far as it is known; the first visitor starts it."""
    return _embedding(run.path, derived.digest(run))


@st.cache_resource(max_entries=32, show_spinner=False)
def _embedding(path: Path, digest: str) -> Embedding:
    found = Embedding(Run(path))
    found.start()
    return found


def alike(run: Run, images: np.ndarray) -> np.ndarray:
    """The images so that like stands beside like; as they are until that is known."""
    known = embedding(run)
    test = known.test()
    if test is None or not len(images):
        if known.problem:
            st.error(known.problem)
        elif len(images):
            _wait(run)
        return images
    return images[_alike(derived.digest(run), images, test)]


@st.cache_data(max_entries=32, show_spinner=False)
def _alike(digest: str, images: np.ndarray, _test: np.ndarray) -> np.ndarray:
    return explain.alike(_test[images])


@st.fragment(run_every=1)
@widgets.errors_in_words()
def _wait(run: Run) -> None:
    """How far the test images are; the page again once they are there."""
    known = embedding(run)
    if known.test() is not None or known.problem:
        st.rerun()
    done = known.known["test"] / datasets.TEST_IMAGES
    st.progress(done, "Finding out what is alike: once for each model, in the background.")
