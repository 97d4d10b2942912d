"""A forward pass in NumPy is the network's own, and each of its values is the sum that is shown for it."""

import keras
import numpy as np
import pytest
from keras import layers

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.inference.forward import explained
from fmnist.inference.forward.steps import ForwardPass, Network
from fmnist.machine import folders
from fmnist.runs.files import RunError
from fmnist.training import export

from ..conftest import KERAS_NOISE, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

TOTALS = {"max": np.nanmax, "mean": np.nanmean}
IMAGE = fashion_mnist.load("test")[0][5]


def every_kind() -> keras.Model:
    """A network of all layers that are explained, in colour, with weights that are not those of the beginning."""
    images = keras.Input((13, 13, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    x = layers.Conv2D(8, (3, 5), strides=2, padding="same", activation="gelu")(x)
    y = layers.SeparableConv2D(8, 3, depth_multiplier=2, padding="same", activation="tanh")(x)
    x = layers.Average()([layers.Add()([x, y]), layers.Permute((2, 1, 3))(x)])
    x = layers.Conv2D(8, 3, padding="same", dilation_rate=2, groups=4, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.AveragePooling2D(3, strides=2, padding="same")(layers.ZeroPadding2D(1)(x))
    x = layers.Concatenate()([x, layers.MaxPooling2D(2, strides=1, padding="same")(x)])
    x = layers.DepthwiseConv2D(2, activation="elu")(x)
    x = layers.Dropout(0.5)(layers.LeakyReLU()(x))
    inner = keras.Sequential([keras.Input(x.shape[1:]), layers.Conv2D(6, 1), layers.Flatten()])
    x = layers.Dense(5, activation="sigmoid")(inner(x))
    model = keras.Model(images, layers.Dense(4, activation="softmax")(x))
    rng = np.random.default_rng(0)
    model.set_weights(
        [rng.uniform(0.1, 0.9, one.shape) - 0.4 * (one.ndim > 1) for one in model.get_weights()]
    )
    return model


@pytest.fixture(scope="module")
def kinds(tmp_path_factory) -> tuple[keras.Model, ForwardPass, np.ndarray]:
    """That network, and the forward pass of an image."""
    model, path = every_kind(), tmp_path_factory.mktemp("kinds") / "model.keras"
    model.save(path)
    image = np.random.default_rng(1).integers(0, 256, (13, 13, 3), np.uint8)
    return model, Network(path).forward(image), image


def outputs(network: keras.Model, image: np.ndarray) -> dict[str, np.ndarray]:
    """What each layer of a Keras network gives for an image, by the layer's name."""
    inner = keras.Model(network.inputs[0], {layer.name: layer.output for layer in network.layers})
    found = inner(image[None].astype(np.float32), training=False)
    return {name: keras.ops.convert_to_numpy(values)[0] for name, values in found.items()}


def assert_same(passed: ForwardPass, expected: dict[str, np.ndarray]) -> None:
    """Each step gives what the last of its layers gives in Keras."""
    assert not passed.not_explained
    for step in passed.steps:
        last = (step.layer, *(stage.layer for stage in step.stages))[-1].name
        if last in expected:
            np.testing.assert_allclose(
                step.output, expected[last].reshape(step.output.shape), atol=1e-4
            )


def assert_adds_up(passed: ForwardPass) -> None:
    """At some places, the products of the window and the bias add up to the value that the layer gives."""
    rng = np.random.default_rng(2)
    for step in passed.steps:
        if step.kind in ("moved", "dense"):
            continue
        shape = explained.as_maps(step.output).shape
        corner = tuple(np.array(shape) - 1)
        for place in ((0, 0, 0), corner, *(rng.integers(0, shape) for _ in range(5))):
            found = explained.value(step, *place)
            total = TOTALS.get(step.kind, np.sum)(found.products) + found.source.bias
            assert total == pytest.approx(found.before, abs=1e-4), step.name
            assert found.value == explained.as_maps(step.output)[tuple(place)]


def test_every_kind_of_layer_gives_what_keras_gives(kinds):
    model, passed, image = kinds
    expected = outputs(model, image)
    assert_same(passed, expected)
    assert passed.last is not None
    np.testing.assert_allclose(passed.last.output, model(image[None])[0], atol=1e-5)
    assert_adds_up(passed)


@pytest.mark.parametrize("name", ["tiny-1", "two-conv", "compact"])  # the last has residual blocks
def test_a_trained_network_gives_what_keras_gives(name, tiny):
    path = (tiny.path if name == "tiny-1" else folders.SHIPPED / name) / "model.keras"
    passed = Network(path).forward(IMAGE)
    assert_same(passed, outputs(export.core(keras.saving.load_model(path)), IMAGE))
    assert_adds_up(passed)


def test_steps_are_what_the_model_of_the_server_computes(tiny):
    passed, given = (
        Network(tiny.path / "model.keras").forward(IMAGE),
        Classifier(tiny.path).outputs(IMAGE[None]),
    )
    convolution = next(step for step in passed.steps if step.kind == "convolution")
    np.testing.assert_allclose(convolution.output, given[convolution.name][0], atol=1e-4)
    np.testing.assert_allclose(passed.last.output, given["probabilities"][0], atol=1e-4)


def test_features_times_weights_add_up_to_the_logits_of_the_classes(tiny):
    last = Network(tiny.path / "model.keras").forward(IMAGE).last
    parts = [explained.contributions(last, label) for label in range(10)]
    logits = np.array([part.products.sum() + part.bias for part in parts])
    np.testing.assert_allclose(logits, last.values, atol=1e-4)
    np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(), last.output, atol=1e-5)
    assert parts[0].by_place.shape == (6, 6)
    assert parts[0].by_channel.shape == (8,)
    for part in parts:
        assert part.by_place.sum() == pytest.approx(part.products.sum(), abs=1e-4)
        assert part.by_channel.sum() == pytest.approx(part.products.sum(), abs=1e-4)


def test_a_layer_that_is_not_explained_is_named(tmp_path):
    parts = [layers.Conv1D(2, 3), layers.Flatten(), layers.Dense(4, activation="softmax")]
    keras.Sequential([keras.Input((28, 28)), *parts]).save(tmp_path / "model.keras")
    passed = Network(tmp_path / "model.keras").forward(IMAGE)
    assert passed.not_explained == "Conv1D"
    assert passed.last is None
    assert len(passed.steps) == 1


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_a_damaged_model_is_a_sentence(tmp_path, content):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(RunError) as error:
        Network(tmp_path / "model.keras")
    assert in_one_sentence(str(error.value))
    assert "model.keras" in str(error.value)


def test_pixels_of_a_dense_network_add_up_to_the_logits():
    passed = Network(folders.SHIPPED / "ffnn" / "model.keras").forward(IMAGE)
    for label, logit in enumerate(passed.last.values):
        part = explained.by_pixel(passed, label)
        assert part.by_place.shape == (28, 28)
        assert part.products.sum() + part.bias == pytest.approx(logit, abs=1e-3)


def test_pixels_of_a_network_with_convolutions_have_no_weight_of_their_own(kinds):
    assert explained.by_pixel(kinds[1], 0) is None
