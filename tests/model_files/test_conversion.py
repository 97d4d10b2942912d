"""A network of anybody's as the app takes it: other layers, the same predictions."""

import keras
import numpy as np
import pytest
from keras import layers

from fmnist.data import fashion_mnist
from fmnist.model_files import conversion, preprocessings, saved_models
from fmnist.model_files.inspection import ModelFileError
from fmnist.runs import listing

from ..conftest import KERAS_NOISE

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

IMAGES = fashion_mnist.load("test")[0][:50]


def normalization() -> keras.layers.Layer:
    layer = layers.Normalization(axis=None)
    layer.adapt(IMAGES)
    return layer


NETWORKS = {  # the input's shape and the layers before a last dense one
    "one size": ((None, None, 1), [layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()]),
    "recurrent": ((28, 28), [layers.Bidirectional(layers.LSTM(4))]),
    "augmented": (
        (28, 28, 1),
        [layers.RandomFlip(), normalization(), layers.Conv2D(4, 3), layers.Flatten()],
    ),
    "half precision": ((784,), [layers.Dense(8, dtype="mixed_float16")]),
    "a network within": ((28, 28), [keras.Sequential([layers.LSTM(4), layers.Dropout(0.5)])]),
    "as it is": ((28, 28), [layers.Flatten()]),
}


@pytest.mark.parametrize(
    ("name", "activation"),
    [*((name, "softmax") for name in NETWORKS), ("as it is", None), ("as it is", "sigmoid")],
)
def test_a_wrapped_network_predicts_as_before(name, activation):
    shape, parts = NETWORKS[name]
    last = layers.Dense(10, activation, dtype="float32")
    model = keras.Sequential([keras.Input(shape), *parts, last])
    expected = saved_models.probabilities(model, IMAGES, "inverted-0-1")
    found = conversion.wrapped(model, "inverted-0-1").predict(IMAGES, verbose=0)
    np.testing.assert_allclose(found, expected, atol=5e-3 if "half" in name else 1e-4)


@pytest.mark.parametrize("name", preprocessings.NAMES)
def test_keras_preprocesses_as_numpy_does(name):
    pixels = keras.ops.convert_to_tensor(IMAGES.astype(np.float32))
    found = keras.ops.convert_to_numpy(preprocessings.apply(name, pixels, keras.ops))
    expected = preprocessings.apply(name, IMAGES)
    np.testing.assert_allclose(found, expected, atol=1e-3, rtol=1e-4)


def test_a_run_from_elsewhere_may_not_take_the_servers_memory(tmp_path):
    large = [
        layers.Reshape((28, 28, 1)),
        layers.UpSampling2D(150),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential([keras.Input((28, 28)), *large])
    path = tmp_path / "model.keras"
    with pytest.raises(ModelFileError, match="17,6"):
        conversion.save_again(path, model, listing.find("mlp-256"))
    assert not list(tmp_path.iterdir())
