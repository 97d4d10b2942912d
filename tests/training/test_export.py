"""A trained network as files."""

import keras
import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.inference.kernels import convolution_kernels
from fmnist.machine import folders
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.training import export, litert

from ..conftest import KERAS_NOISE

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_the_layer_table_adds_up_to_the_architectures_parameters():
    rows = export.layer_table(ARCHITECTURES["dropout-cnn"].build((28, 28), 10))
    assert sum(row["parameters"] for row in rows) == ARCHITECTURES["dropout-cnn"].parameters
    assert rows[0]["type"] == "Rescaling"
    assert rows[0]["output_shape"] == [28, 28]
    assert rows[-1]["output_shape"] == [10]


def test_the_layer_table_tells_which_layers_come_together():
    rows = {
        row["name"]: row for row in export.layer_table(ARCHITECTURES["compact"].build((28, 28), 10))
    }
    joins = [row for row in rows.values() if "inputs" in row]
    assert [row["type"] for row in joins] == ["Add", "Add"]
    for row in joins:
        assert [rows[name]["type"] for name in row["inputs"]] == [
            "Activation",
            "BatchNormalization",
        ]


def test_a_saved_model_is_compiled_and_as_light_as_its_weights(tmp_path):
    model = ARCHITECTURES["mlp-256"].build((28, 28), 10)
    images = np.zeros((8, 28, 28), np.uint8)
    export.save_keras(model, tmp_path / "model.keras")
    assert (tmp_path / "model.keras").stat().st_size < 1.2 * 4 * model.count_params()
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    loss, accuracy = loaded.evaluate(images, np.zeros(8, int), verbose=0)
    assert loss > 0
    assert 0 <= accuracy <= 1
    np.testing.assert_allclose(
        loaded.predict(images, verbose=0), model.predict(images, verbose=0), atol=1e-6
    )


def test_a_mirrored_network_answers_alike_for_a_picture_and_its_mirror_image(tmp_path):
    model = ARCHITECTURES["sprint"].build((28, 28), 10)
    mirrored = export.with_flip_tta(model)
    export.save_keras(mirrored, tmp_path / "model.keras")
    litert.save_litert(mirrored, tmp_path / "model.tflite")
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    both = [model.predict(view, verbose=0) for view in (images, images[:, :, ::-1])]
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(images, verbose=0), sum(both) / 2, atol=1e-5)
    outputs = Classifier(tmp_path).outputs(images)
    np.testing.assert_allclose(outputs["probabilities"], sum(both) / 2, atol=1e-4)
    assert {"embedding", "conv2d"} < {name.rstrip("_0123456789") for name in outputs}


def test_an_ensemble_member_takes_part_and_the_rest_is_about_the_network_itself(tmp_path):
    model, member = (
        ARCHITECTURES["sprint"].build((28, 28), 10),
        ARCHITECTURES["two-conv"].build((28, 28), 10),
    )
    mirrored = export.with_flip_tta(model)
    whole = export.with_ensemble_member(mirrored, member, 0.3)
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    own, other = (network.predict(images, verbose=0) for network in (mirrored, member))
    export.save_keras(whole, tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    litert.save_litert(loaded, tmp_path / "model.tflite")
    expected = 0.7 * own + 0.3 * other
    np.testing.assert_allclose(loaded.predict(images, verbose=0), expected, atol=1e-5)
    classifier = Classifier(tmp_path)
    np.testing.assert_allclose(classifier.probabilities(images), expected, atol=1e-4)
    outputs, names = classifier.outputs(images), {layer.name for layer in model.layers}
    np.testing.assert_allclose(outputs["probabilities"], expected, atol=1e-4)
    assert export.core(loaded).count_params() == model.count_params()
    kernels = convolution_kernels(tmp_path / "model.keras")
    maps = set(outputs) - {"probabilities", "embedding"}
    assert set(kernels) == maps == {name for name in names if name.startswith("conv2d")}
    for layer in model.layers:
        if layer.name in kernels:
            np.testing.assert_array_equal(kernels[layer.name], layer.get_weights()[0])


def test_with_eight_bit_weights_a_model_is_smaller_and_answers_nearly_the_same(tmp_path):
    model = ARCHITECTURES["sprint"].build((28, 28), 10)
    images = fashion_mnist.load("test")[0][:500]
    expected = model.predict(images, verbose=0)
    for name in ("exact", "quantized"):
        (tmp_path / name).mkdir()
        litert.save_litert(model, tmp_path / name / "model.tflite", quantize=name == "quantized")
    exact, quantized = (tmp_path / name / "model.tflite" for name in ("exact", "quantized"))
    assert quantized.stat().st_size < exact.stat().st_size / 2
    classifier = Classifier(quantized.parent)
    answers = classifier.probabilities(images)
    assert 1e-4 < np.abs(answers - expected).max() < 0.03
    # An image's answer does not depend on those that are asked about beside it.
    np.testing.assert_allclose(answers[7], classifier.probabilities(images[7:8])[0], atol=1e-6)


SHIPPED = {path.parent.name for path in folders.SHIPPED.glob("*/model.tflite")}
# test_classifier.py looks at the very files of those that ship, test_flagship.py at a thin large one.
OTHERS = sorted(set(ARCHITECTURES) - SHIPPED - {"wide-resnet"})


@pytest.mark.parametrize("name", OTHERS)
def test_every_architecture_can_be_exported_for_the_server(name, tmp_path):
    model = ARCHITECTURES[name].build((28, 28), 10)
    litert.save_litert(model, tmp_path / "model.tflite")
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    outputs = Classifier(tmp_path).outputs(images)
    np.testing.assert_allclose(
        outputs["probabilities"], model.predict(images, verbose=0), atol=1e-4
    )
    convolutions = {layer.name for layer in model.layers if isinstance(layer, keras.layers.Conv2D)}
    assert set(outputs) == {"probabilities", "embedding"} | convolutions
