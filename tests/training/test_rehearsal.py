"""A network of somebody's file is tried before it is trained: whatever Keras has in layers, or a sentence."""

import pytest

from fmnist.data import fashion_mnist
from fmnist.networks import builder_file
from fmnist.networks.layer_kinds import NetworkError
from fmnist.recipes import registry
from fmnist.training.rehearsal import rehearse

from ..conftest import KERAS_NOISE, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

SOURCE = """\
from keras import Input, Sequential, layers


def build(shape, classes):
    return Sequential([Input(shape), {layers}, layers.Dense(classes, activation="softmax")])
"""
UNUSUAL = (  # which the fast clone has its own of, in other forms
    'layers.Reshape((28, 28, 1)), layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(scale=False), '
    "layers.MaxPooling2D(), layers.SpatialDropout2D(0.2), layers.Flatten(), layers.BatchNormalization(), "
    "layers.Dropout(0.2), layers.LayerNormalization()"
)
RESIZED = (
    'layers.Reshape((28, 28, 1)), layers.Resizing(8, 8, interpolation="lanczos3"), layers.Flatten()'
)


def rehearsed(folder, layers: str) -> None:
    """Rehearse a file's network of these layers."""
    (folder / "my_net.py").write_text(SOURCE.format(layers=layers))
    network = builder_file.read(f"{folder / 'my_net.py'}:build")
    rehearse(registry.find("tiny").of_file(network), fashion_mnist.DATASET)


def test_what_can_be_trained_and_saved_passes(tmp_path):
    rehearsed(tmp_path, UNUSUAL)
    assert [path.name for path in tmp_path.iterdir()] == ["my_net.py"]


def test_what_the_server_could_not_predict_with_is_one_sentence(tmp_path):
    with pytest.raises(NetworkError) as error:
        rehearsed(tmp_path, RESIZED)
    assert "my_net.py:build cannot be converted to LiteRT" in str(error.value)
    assert in_one_sentence(str(error.value))
