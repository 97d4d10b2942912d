"""The Mistakes page of a small run."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from fmnist.data import fashion_mnist
from fmnist.inference.embedding import Embedding
from fmnist.runs import cache
from fmnist.runs.run import Run

from ..visiting import still_well, visit

TINY = {"model": "tiny-1"}


def show(**link) -> AppTest:
    """A visitor's first look at the page, by a link."""
    return still_well(visit("mistakes", **{name: str(value) for name, value in link.items()}))


@pytest.fixture(scope="package")
def points(tiny_training, tmp_path_factory) -> dict:
    """The points of the images to the run `tiny`, worked out once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("points")))
        embedding = Embedding(Run(tiny_training / "tiny-1"))
        embedding.start()
        embedding.wait()
    return dataclasses.asdict(embedding.points)


@pytest.fixture
def tiny(tiny, points) -> Run:
    """A finished run whose points are known."""
    cache.write(cache.place(tiny, Embedding(tiny).name), points)
    return tiny


@pytest.fixture
def predictions_of_tiny(tiny):
    """Labels and predicted classes of the run `tiny`."""
    _, labels = fashion_mnist.load("test")
    return labels, tiny.predictions()[1]
