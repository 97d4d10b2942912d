"""The networks: each can be built, says how many weights it has, and needs nothing beside it."""

import inspect

import numpy as np
import pytest
from keras.ops import convert_to_numpy

from fmnist.networks import architectures, work
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.training.export import layer_table

# Weights of each for colour images of 48 x 48 pixels in seven classes.
IN_COLOUR = {
    "tiny": 7_007,
    "feather": 11_071,
    "sprint": 88_439,
    "mile": 115_383,
    "quality": 463_463,
    "ensemble": 944_023,
    "everyday": 889_063,
    "compact": 1_235_287,
    "wide-resnet": 8_959_223,
    "mlp-256": 1_771_527,
    "two-conv": 118_215,
    "dropout-cnn": 839_623,
    "deep-cnn": 858_951,
    "augmented-cnn": 2_444_839,
    "kernels-32": 1_694_503,
    "kernels-64": 3_388_199,
    "kernels-64-dropout": 3_388_199,
    "ffnn": 3_672_583,
    "cnn-3fc": 2_498_023,
}
QUICK = [name for name, known in ARCHITECTURES.items() if known.parameters < 5_000_000]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_network_has_exactly_as_many_parameters_as_it_says(name):
    build = ARCHITECTURES[name].build
    assert build((28, 28), 10).count_params() == ARCHITECTURES[name].parameters
    assert build((48, 48, 3), 7).count_params() == IN_COLOUR[name]


@pytest.mark.parametrize("name", work.UNSHIPPED)
def test_what_a_network_takes_of_a_processor_is_what_its_layers_take(name):
    layers = layer_table(ARCHITECTURES[name].build((28, 28), 10))
    assert work.UNSHIPPED[name] == work.of_layers(layers)


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize(("shape", "classes"), [((28, 28), 10), ((32, 32, 3), 4)])
def test_the_network_takes_images_as_they_are_and_gives_a_probability_a_class(name, shape, classes):
    model = ARCHITECTURES[name].build(shape, classes)
    images = np.stack([np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)])
    probabilities = convert_to_numpy(model(images))
    assert probabilities.shape == (2, classes)
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


@pytest.mark.parametrize("shape", [(28, 28), (32, 32, 3)])
def test_the_first_kernels_of_sprint_are_fixed_and_tell_different_things_of_a_patch(shape):
    model = ARCHITECTURES["sprint"].build(shape, 10)
    assert [layer.name for layer in model.layers if not layer.trainable] == [model.layers[2].name]
    (kernels,) = model.layers[2].get_weights()
    flat = kernels.reshape(-1, 16)
    np.testing.assert_allclose(flat[:, ::2], -flat[:, 1::2])  # each with its negative
    products = flat[:, ::2].T @ flat[:, ::2]
    np.testing.assert_allclose(products, np.diag(np.diag(products)), atol=1e-6)
    assert (np.diag(products) > 0.1).all()
    np.testing.assert_allclose(flat[:, 0], flat[0, 0])  # the first: brightness
