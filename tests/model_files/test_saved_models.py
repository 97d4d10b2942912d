"""Any .keras or .h5 file: its predictions, or what is wrong with it in one sentence."""

import json
import os
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.model_files import preprocessings, saved_models
from fmnist.model_files.inspection import ModelFileError

from ..conftest import KERAS_NOISE, in_one_sentence, tells

pytestmark = pytest.mark.filterwarnings(
    KERAS_NOISE, "ignore:.*HDF5.*:UserWarning", "ignore:Argument `alpha`.*:UserWarning"
)

IMAGES = fashion_mnist.load("test")[0][:20]
FILES = Path(__file__).parents[1] / "files"  # keras2-*: written by tf_keras 2.21, that is Keras 2
KERAS2 = np.load(FILES / "keras2-predictions.npz")


def network(*shape: int, classes: int = 10, activation: str | None = "softmax") -> keras.Model:
    return keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes, activation)]
    )


def predictions(path: Path, preprocessing: str = "0-255") -> np.ndarray:
    return saved_models.probabilities(saved_models.load(path), IMAGES, preprocessing)


def refusal(path) -> str:
    with pytest.raises(ModelFileError) as error:
        saved_models.load(path)
    assert in_one_sentence(str(error.value))
    assert str(path) in str(error.value)
    return str(error.value)


def test_our_own_models_answer_as_in_the_server(tiny):
    expected = Classifier(tiny.path).probabilities(IMAGES)
    np.testing.assert_allclose(predictions(tiny.path / "model.keras"), expected, atol=1e-4)


# Models of others


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (784,)])
def test_third_party_model_predicts_whatever_shape_it_takes(tmp_path, name, shape):
    model = network(*shape)
    model.save(tmp_path / name)
    expected = model.predict(IMAGES.reshape(-1, *shape), verbose=0)
    np.testing.assert_allclose(predictions(tmp_path / name), expected, atol=1e-6)


def test_a_network_of_convolutions_that_takes_any_size_is_fine(tmp_path):
    layers = [keras.layers.Conv2D(10, 3), keras.layers.GlobalMaxPooling2D()]
    keras.Sequential([keras.Input((None, None, 1)), *layers]).save(tmp_path / "model.keras")
    assert predictions(tmp_path / "model.keras").shape == (20, 10)


def test_the_pixels_are_preprocessed_as_asked_for(tmp_path):
    model = network(28, 28)
    model.save(tmp_path / "model.keras")
    expected = model.predict(IMAGES / 255, verbose=0)
    np.testing.assert_allclose(
        predictions(tmp_path / "model.keras", preprocessing="0-1"), expected, atol=1e-6
    )


def test_logits_become_probabilities(tmp_path):
    model = network(784, activation=None)
    model.save(tmp_path / "model.keras")
    logits = model.predict(IMAGES.reshape(-1, 784), verbose=0).astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(predictions(tmp_path / "model.keras"), expected, atol=1e-5)


def test_sigmoids_become_probabilities(tmp_path):
    model = network(784, activation="sigmoid")
    model.save(tmp_path / "model.keras")
    shares = model.predict(IMAGES.reshape(-1, 784) / 255, verbose=0)
    found = predictions(tmp_path / "model.keras", preprocessing="0-1")
    np.testing.assert_allclose(found, shares / shares.sum(axis=1, keepdims=True), atol=1e-6)


def test_probabilities_that_add_up_to_one_but_for_a_rounding_stay_what_they_are(tmp_path):
    model = network(784)
    rough = keras.layers.Rescaling(1.0001, offset=-1e-5)  # from -0.00001 to 1.00009
    keras.Sequential([keras.Input((784,)), model, rough]).save(tmp_path / "model.keras")
    expected = model.predict(IMAGES.reshape(-1, 784), verbose=0)
    assert expected.max() > 0.9999
    np.testing.assert_allclose(predictions(tmp_path / "model.keras"), expected, atol=1e-3)


@pytest.mark.parametrize(("scaling", "name"), [(False, "mean-std"), (True, "0-255")])
def test_the_preprocessing_found_is_the_one_that_the_model_has_learned_with(scaling, name):
    images, labels = (array[:2_000] for array in fashion_mnist.load("train"))
    first = [keras.layers.Rescaling(1 / 255)] if scaling else []
    model = keras.Sequential([keras.Input((28, 28)), *first, *network(28, 28).layers])
    model.compile("adam", "categorical_crossentropy")  # one-hot labels
    model.fit(preprocessings.apply(name, images), np.eye(10)[labels], epochs=3, verbose=0)
    assert saved_models.find_preprocessing(model).name == name


def test_the_content_counts_not_the_files_name(tmp_path):
    network(28, 28).save(tmp_path / "model.h5")
    (tmp_path / "model.h5").rename(tmp_path / "model.keras")
    assert predictions(tmp_path / "model.keras").shape == (20, 10)


def test_the_only_model_in_a_zip_archive_is_read(tmp_path):
    network(28, 28).save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as file:
        file.write(tmp_path / "model.keras", "some folder/model.keras")
        file.writestr("some folder/readme.txt", "about it")
    expected = predictions(tmp_path / "model.keras")
    np.testing.assert_array_equal(predictions(tmp_path / "mine.zip"), expected)
    with zipfile.ZipFile(tmp_path / "mine.zip", "a") as file:
        file.writestr("model.h5", "another")
    assert "zip archive of some folder/model.keras" in refusal(tmp_path / "mine.zip")


# What a model was compiled with


@keras.saving.register_keras_serializable()
def own_loss(true, predicted):
    return keras.losses.sparse_categorical_crossentropy(true, predicted)


@keras.saving.register_keras_serializable()
class OwnSchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.001

    def get_config(self):
        return {}


@keras.saving.register_keras_serializable()
class OwnPenalty(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return 0.0

    def get_config(self):
        return {}


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_code_that_only_training_needs_is_left_out(tmp_path, name):
    dense = keras.layers.Dense(10, "softmax", kernel_regularizer=OwnPenalty())
    inner = keras.Sequential([keras.Input((784,)), dense])
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), inner])
    for part in (inner, model):
        part.compile(keras.optimizers.Adam(OwnSchedule()), own_loss, metrics=[own_loss])
    model.save(tmp_path / name)
    expected = model.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(predictions(tmp_path / name), expected, atol=1e-6)


# Keras 2


@pytest.mark.parametrize("name", ["sequential.h5", "sequential.keras", "functional.h5"])
def test_a_file_of_keras_2_predicts_as_it_did_in_keras_2(name):
    found = predictions(FILES / f"keras2-{name}", preprocessing="0-1")
    np.testing.assert_allclose(found, KERAS2[name.split(".")[0]], atol=1e-5)


@pytest.mark.parametrize("version", ["2.2.2", "2.3.1"])
def test_a_file_from_before_sequential_models_named_their_input_predicts_too(tmp_path, version):
    path = tmp_path / "model.h5"
    path.write_bytes((FILES / "keras2-sequential.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        layers = config["config"]["layers"][1:]  # the first layer tells the shape, too
        config["config"] = layers if version == "2.2.2" else {"name": "old", "layers": layers}
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["keras_version"] = version.encode()
    np.testing.assert_allclose(
        predictions(path, preprocessing="0-1"), KERAS2["sequential"], atol=1e-5
    )


# What cannot be used


def test_a_model_for_other_pictures_is_refused_in_one_sentence(tmp_path):
    network(32, 32, 3).save(tmp_path / "model.keras")
    assert "takes (32, 32, 3)" in refusal(tmp_path / "model.keras")


def test_a_model_for_other_classes_is_refused_in_one_sentence(tmp_path):
    network(28, 28, classes=12).save(tmp_path / "model.keras")
    assert "gives (12,)" in refusal(tmp_path / "model.keras")


def test_a_model_of_two_pictures_is_refused_in_one_sentence(tmp_path):
    one, two = keras.Input((28, 28)), keras.Input((28, 28))
    both = keras.layers.Flatten()(keras.layers.Concatenate()([one, two]))
    keras.Model([one, two], keras.layers.Dense(10)(both)).save(tmp_path / "model.keras")
    assert "takes several arrays" in refusal(tmp_path / "model.keras")


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.parametrize("content", [b"", b"no model"])
def test_a_file_that_is_no_model_is_refused_in_one_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert ("is a text" if content else "is empty") in refusal(tmp_path / name)


def test_a_missing_file_and_a_folder_are_refused_in_one_sentence(tmp_path):
    assert "is missing" in refusal(tmp_path / "model.keras")
    assert "is a folder" in refusal(tmp_path)


def test_a_model_that_was_cut_short_is_refused_in_one_sentence(tiny):
    path = tiny.path / "model.keras"
    path.write_bytes(path.read_bytes()[:-5_000])
    refusal(path)
    (tiny.path / "model.h5").write_bytes((FILES / "keras2-sequential.h5").read_bytes()[:9_000])
    refusal(tiny.path / "model.h5")


def test_weights_without_their_network_are_refused_in_one_sentence(tmp_path):
    network(28, 28).save_weights(tmp_path / "model.weights.h5")
    assert "weights only" in refusal(tmp_path / "model.weights.h5")
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as file:
        file.write(tmp_path / "model.weights.h5", "model.weights.h5")
    assert "weights only" in refusal(tmp_path / "model.keras")


def test_a_layer_that_keras_does_not_know_is_named(tmp_path):
    network(28, 28).save(tmp_path / "model.keras")
    rewrite(tmp_path / "model.keras", '"Dense"', '"Denser"')
    assert "Denser" in refusal(tmp_path / "model.keras")


def test_a_layer_of_the_authors_own_is_named(tmp_path):
    class Squash(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    own = keras.Sequential([keras.Input((28, 28)), Squash(), *network(28, 28).layers])
    own.save(tmp_path / "model.keras")
    assert tells(refusal(tmp_path / "model.keras"), "custom code", "Squash")
    own.save(tmp_path / "model.h5")
    assert "'Squash'" in refusal(tmp_path / "model.h5")


def test_a_file_that_unpacks_to_more_than_a_gigabyte_is_refused_unread(tmp_path):
    path = tmp_path / "model.keras"
    network(28, 28).save(path)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")  # the last entry of the list at the end
    content[entry + 24 : entry + 28] = (3_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    assert tells(refusal(path), "3.0 GB", "1 GB")


def test_a_model_that_brings_code_along_is_refused_and_its_code_not_run(tmp_path):
    code = keras.layers.Lambda(lambda x: (os.environ.update(TRAPPED="1"), x)[1])
    model = keras.Sequential([keras.Input((28, 28)), code, *network(28, 28).layers])
    assert os.environ.pop("TRAPPED") == "1"  # it ran when the model was built
    for name in ("model.keras", "model.h5"):
        model.save(tmp_path / name)
        os.environ.pop("TRAPPED", None)
        assert tells(refusal(tmp_path / name), "custom code", "Lambda")
        assert "TRAPPED" not in os.environ


def rewrite(path: Path, old: str, new: str) -> None:
    """Change the description of the network in a .keras file."""
    with zipfile.ZipFile(path) as file:
        contents = {name: file.read(name) for name in file.namelist()}
    config = contents["config.json"].decode()
    assert old in config
    contents["config.json"] = config.replace(old, new).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
