"""Files of Keras 2 whose networks compute between layers, or have layers that Keras 3 calls otherwise."""

import json
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.model_files import saved_models
from fmnist.model_files.inspection import ModelFileError

from ..conftest import KERAS_NOISE, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE, "ignore:.*HDF5.*:UserWarning")

IMAGES = fashion_mnist.load("test")[0][:20]
INPUT = {
    "class_name": "InputLayer",
    "config": {"batch_input_shape": [None, 28, 28], "name": "in"},
    "name": "in",
    "inbound_nodes": [],
}


def layer(kind: str, name: str, nodes: list, **config) -> dict:
    """A layer of a functional network, as Keras 2 stored it."""
    return {
        "class_name": kind,
        "config": {"name": name, **config},
        "name": name,
        "inbound_nodes": nodes,
    }


def operation(function: str, name: str, node: list) -> dict:
    return layer("TFOpLambda", name, [node], function=function)


def flatten(before: str) -> dict:
    return layer("Flatten", "flat", [[[before, 0, 0, {}]]])


def dense(name: str, before: str = "flat") -> dict:
    return layer("Dense", name, [[[before, 0, 0, {}]]], units=10, activation="linear")


def write(path: Path, model: keras.Model, layers: list[dict]) -> None:
    """A file of Keras 2: those layers, the last of which is the output, with the weights of a model."""
    model.save(path)
    network = {
        "name": "model",
        "layers": [INPUT, *layers],
        "input_layers": [["in", 0, 0]],
        "output_layers": [[layers[-1]["name"], 0, 0]],
    }
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": network})
        file.attrs["keras_version"] = b"2.11.0"
        file["model_weights"].attrs["keras_version"] = b"2.11.0"


def check(path: Path, model: keras.Model) -> None:
    """The file predicts as the model does."""
    found = saved_models.probabilities(saved_models.load(path), IMAGES)
    expected = saved_models.probabilities(model, IMAGES)
    np.testing.assert_allclose(found, expected, atol=1e-5)


X = keras.Input((28, 28))
FLAT = keras.layers.Flatten()


def simple(x) -> keras.Model:
    return keras.Model(X, keras.layers.Dense(10)(FLAT(x)))


@pytest.mark.parametrize(
    ("computed", "operations"),
    [
        (X / 255.0, [operation("math.truediv", "last", ["in", 0, 0, {"y": 255.0, "name": None}])]),
        (
            1.0 - X * 0.004,
            [
                operation("math.multiply", "times", ["in", 0, 0, {"y": 0.004}]),
                operation(
                    "math.subtract", "last", ["_CONSTANT_VALUE", -1, 1.0, {"y": ["times", 0, 0]}]
                ),
            ],
        ),
        (
            keras.ops.expand_dims(keras.ops.cast(X, "float32"), -1),
            [
                operation("cast", "cast", ["in", 0, 0, {"dtype": "float32"}]),
                operation("expand_dims", "last", ["cast", 0, 0, {"axis": -1}]),
            ],
        ),
        (
            X / 100.0,
            [
                layer(
                    "TensorFlowOpLayer",
                    "last",
                    [[["in", 0, 0, {}]]],
                    node_def='{"name": "x", "op": "RealDiv", "input": ["in", "y"]}',
                    constants={"1": 100.0},
                )
            ],
        ),
    ],
    ids=["division", "constant first", "expand_dims", "TensorFlow 2.3"],
)
def test_arithmetic_between_layers_is_converted(tmp_path, computed, operations):
    model = simple(computed)
    write(tmp_path / "model.h5", model, [*operations, flatten("last"), dense("out")])
    check(tmp_path / "model.h5", model)


def test_two_tensors_are_added(tmp_path):
    one, two = (keras.layers.Dense(10)(FLAT(X)) for _ in range(2))
    model = keras.Model(X, one + two)
    layers = [flatten("in"), dense("one"), dense("two")]
    plus = operation("__operators__.add", "out", ["one", 0, 0, {"y": ["two", 0, 0], "name": None}])
    write(tmp_path / "model.h5", model, [*layers, plus])
    check(tmp_path / "model.h5", model)


def test_an_attention_finds_the_tensors_that_it_is_given_by_name(tmp_path):
    attention = keras.layers.MultiHeadAttention(2, 4)
    model = simple(attention(X, value=X))
    stored = layer(
        "MultiHeadAttention",
        "attention",
        [[["in", 0, 0, {"value": ["in", 0, 0]}]]],
        num_heads=2,
        key_dim=4,
        value_dim=4,
        query_shape=[None, 28, 28],
        key_shape=[None, 28, 28],
        value_shape=[None, 28, 28],
    )
    write(tmp_path / "model.h5", model, [stored, flatten("attention"), dense("out")])
    check(tmp_path / "model.h5", model)


def test_a_layer_that_has_another_name_by_now_is_known(tmp_path):
    normalised = keras.layers.BatchNormalization()
    model = simple(normalised(X))
    normalised.set_weights([np.random.default_rng(0).uniform(1, 2, 28) for _ in range(4)])
    stored = layer("BatchNormalizationV1", "last", [[["in", 0, 0, {}]]], axis=[2], epsilon=0.001)
    write(tmp_path / "model.h5", model, [stored, flatten("last"), dense("out")])
    check(tmp_path / "model.h5", model)


@pytest.mark.parametrize(
    "stored",
    [
        operation("signal.fft", "strange", ["in", 0, 0, {}]),
        layer("SlicingOpLambda", "strange", [["in", 0, 0, {"slice_spec": []}]], function="x"),
    ],
    ids=["unknown", "slicing"],
)
def test_an_operation_without_a_counterpart_is_named_with_the_way_out(tmp_path, stored):
    path = tmp_path / "model.h5"
    write(path, simple(X), [stored, flatten("strange"), dense("out")])
    with pytest.raises(ModelFileError, match=r"'strange' .* such as Rescaling") as error:
        saved_models.load(path)
    assert in_one_sentence(str(error.value))
