"""A saved model in a separate process: it predicts, or is stopped within its bounds."""

import sys
import time

import keras
import numpy as np
import psutil
import pytest

from fmnist.data import fashion_mnist
from fmnist.model_files import sandbox
from fmnist.model_files.inspection import ModelFileError

from ..conftest import KERAS_NOISE, in_one_sentence, tells
from .test_saved_models import FILES, KERAS2, network, rewrite

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

IMAGES = fashion_mnist.load("test")[0][:20]


def refusal(path, **bounds) -> str:
    others = psutil.Process().children()
    with pytest.raises(ModelFileError) as error:
        sandbox.predict(path, IMAGES, **bounds)
    assert in_one_sentence(str(error.value))
    assert str(path) in str(error.value)
    assert set(psutil.Process().children()) <= set(others)
    return str(error.value)


@pytest.mark.slow
def test_a_model_of_keras_2_predicts_and_its_preprocessing_is_found_out():
    stages = []
    predictions = sandbox.predict(FILES / "keras2-functional.h5", IMAGES, progress=stages.append)
    assert predictions.preprocessing == predictions.found.name == "0-1"
    assert stages == [stage for stage in sandbox.STAGES if stage != sandbox.CONVERT]
    np.testing.assert_allclose(predictions.probabilities, KERAS2["functional"], atol=1e-5)


def test_what_is_wrong_with_a_file_is_said_in_one_sentence(tmp_path):
    (tmp_path / "model.keras").write_text("no model")
    assert "is a text" in refusal(tmp_path / "model.keras")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_model_that_asks_for_more_memory_than_allowed_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")  # its allocator tries again for ten seconds
    path = tmp_path / "model.keras"
    network(28, 28).save(path)
    rewrite(path, '"units": 10', '"units": 2000000')  # 784 x 2,000,000 floats: 6.3 GB
    assert tells(refusal(path), "4 GB", "memory")


def test_a_model_that_takes_too_long_is_stopped(tmp_path):
    path = tmp_path / "model.keras"
    network(28, 28).save(path)
    begin = time.monotonic()
    limits = sandbox.STAGES | {sandbox.START: 0.5}
    assert tells(refusal(path, limits=limits), "TensorFlow", "0.5 s")
    assert time.monotonic() - begin < 10


def test_a_model_that_breaks_while_it_predicts_is_refused_in_one_sentence(tmp_path):
    images = keras.Input((28, 28))
    of_32 = keras.ops.reshape(images, (32, 784))  # fails with any other number of images
    keras.Model(images, keras.layers.Dense(10)(of_32)).save(tmp_path / "model.keras")
    assert "cannot be used" in worked(tmp_path)


def test_a_model_whose_weights_are_nan_is_refused(tmp_path):
    model = network(28, 28)
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    model.save(tmp_path / "model.keras")
    assert "predicts NaN" in worked(tmp_path)


def worked(folder) -> str:
    """The sentence that the process leaves behind, where it works on `model.keras`."""
    np.save(folder / "images.npy", IMAGES)
    sandbox._work("predict", folder / "model.keras", folder, "0-255")
    return (folder / "error.txt").read_text()
