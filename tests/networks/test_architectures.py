"""The networks: each can be built, says how many weights it has, and needs nothing beside it."""

import inspect

import numpy as np
import pytest
from keras.ops import convert_to_numpy

from fmnist.networks import architectures
from fmnist.networks.architectures import ARCHITECTURES

QUICK = [name for name, known in ARCHITECTURES.items() if known.parameters < 5_000_000]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_network_has_exactly_as_many_parameters_as_it_says(name):
    assert ARCHITECTURES[name].build().count_params() == ARCHITECTURES[name].parameters


@pytest.mark.parametrize("name", QUICK)
def test_the_network_takes_pictures_as_they_are_and_gives_ten_probabilities(name):
    model = ARCHITECTURES[name].build()
    pictures = np.stack([np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)])
    probabilities = convert_to_numpy(model(pictures))
    assert probabilities.shape == (2, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert abs(probabilities).max() < 0.999  # 255 is scaled, not taken as it is


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_network_is_described_in_one_sentence(name):
    summary = ARCHITECTURES[name].summary
    assert summary.endswith(".")
    assert "\n" not in summary


def test_nothing_can_be_registered_without_its_parameter_count():
    with pytest.raises(TypeError, match="parameters"):
        architectures.register("nameless")


def test_every_builder_in_the_file_is_registered():
    registered = {architecture.build for architecture in ARCHITECTURES.values()}
    for module in (architectures.published, architectures.own):
        functions = inspect.getmembers(module, inspect.isfunction)
        public = {function for name, function in functions if not name.startswith("_")}
        assert public - {architectures.register} <= registered
