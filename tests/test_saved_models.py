"""Any .keras or .h5 file of anybody: its answers, or what is wrong with it in one sentence."""

import os

import keras
import numpy as np
import pytest

from fmnist import datasets, saved_models
from fmnist.classifier import Classifier

from .conftest import KERAS_NOISE, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE, "ignore:.*HDF5.*:UserWarning")


def network(*shape: int, classes: int = 10) -> keras.Model:
    return keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes, "softmax")]
    )


def refusal(path) -> str:
    with pytest.raises(saved_models.ModelFileError) as error:
        saved_models.probabilities(path, datasets.load("test")[0][:5])
    assert in_one_sentence(str(error.value))
    assert str(path) in str(error.value)
    return str(error.value)


def test_our_own_models_answer_as_in_the_server(tiny):
    images = datasets.load("test")[0][:100]
    answers = saved_models.probabilities(tiny.path / "model.keras", images)
    np.testing.assert_allclose(answers, Classifier(tiny.path).probabilities(images), atol=1e-4)


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1)])
def test_somebody_elses_model_answers_with_or_without_a_channel(tmp_path, name, shape):
    images, model = datasets.load("test")[0][:5], network(*shape)
    model.save(tmp_path / name)
    answers = saved_models.probabilities(tmp_path / name, images)
    expected = model.predict(images.reshape(5, *shape), verbose=0)
    np.testing.assert_allclose(answers, expected, atol=1e-6)


def test_a_model_for_other_pictures_is_refused_in_one_sentence(tmp_path):
    network(32, 32, 3).save(tmp_path / "model.keras")
    assert "takes (32, 32, 3)" in refusal(tmp_path / "model.keras")


def test_a_model_for_other_classes_is_refused_in_one_sentence(tmp_path):
    network(28, 28, classes=7).save(tmp_path / "model.keras")
    assert "gives (7,)" in refusal(tmp_path / "model.keras")


def test_a_model_of_two_pictures_is_refused_in_one_sentence(tmp_path):
    one, two = keras.Input((28, 28)), keras.Input((28, 28))
    both = keras.layers.Flatten()(keras.layers.Concatenate()([one, two]))
    keras.Model([one, two], keras.layers.Dense(10)(both)).save(tmp_path / "model.keras")
    refusal(tmp_path / "model.keras")


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.parametrize("content", [b"", b"no model", None])
def test_a_file_that_is_no_model_is_refused_in_one_sentence(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    refusal(tmp_path / name)


def test_a_model_that_was_cut_short_is_refused_in_one_sentence(tiny):
    path = tiny.path / "model.keras"
    path.write_bytes(path.read_bytes()[:-5_000])
    refusal(path)


def test_a_model_that_brings_code_along_is_refused_and_its_code_not_run(tmp_path):
    code = keras.layers.Lambda(lambda x: (os.environ.update(TRAPPED="1"), x)[1])
    keras.Sequential([keras.Input((28, 28)), code, *network(28, 28).layers]).save(
        tmp_path / "model.keras"
    )
    assert os.environ.pop("TRAPPED") == "1"  # it ran when the model was built
    refusal(tmp_path / "model.keras")
    assert "TRAPPED" not in os.environ
