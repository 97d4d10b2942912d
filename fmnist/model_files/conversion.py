"""A loaded model -> the files of a run: wrapped, for Keras and for the server. Loads TensorFlow.

Runs only in the process that `sandbox` starts.
"""

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fmnist.data import fashion_mnist
from fmnist.inference.forward.saved import NETWORK
from fmnist.runs.fields import Layer
from fmnist.runs.run import Run
from fmnist.training import export, litert
from fmnist.training.export import PREPROCESSING

from . import preprocessings, saved_models
from .inspection import ModelFileError

LARGEST = 300_000_000  # bytes of a model.tflite, which the server maps as a whole
MOST_VALUES = 5_000_000  # outputs of all layers for one image: 20 MB as float32
MOST_OF_RUNS = (
    15_000_000  # of a run from elsewhere: `wide-resnet` has 11 million for 48 x 48 pixels in colour
)


def convert(path: Path, model: keras.Model, preprocessing: str, folder: Path) -> None:
    """Write `model.keras`, `model.tflite` and `about.json`, which has `parameters` and `layers`.

    Args:
        path: the file that the model was loaded from, for error messages.
        model: from `saved_models.load`.
        preprocessing: one of `preprocessings.NAMES`.
        folder: where to write.

    Raises:
        ModelFileError: the model cannot be converted, or is too large for the server.
    """
    whole = wrapped(model, preprocessing)
    network = export.core(whole)
    layers = export.layer_table(network)
    _check_values(path, layers, MOST_VALUES)
    export.save_keras(whole, folder / "model.keras")
    try:
        litert.save_litert(whole, folder / "model.tflite")
    except Exception as error:  # the converter raises its own kinds
        raise ModelFileError(
            f"{path} cannot be converted to LiteRT, which predicts in the app "
            f"({type(error).__name__}); `python -m fmnist evaluate` can evaluate it unconverted."
        ) from None
    if (size := (folder / "model.tflite").stat().st_size) > LARGEST:
        raise ModelFileError(
            f"{path} has {size / 1e6:,.0f} MB of weights; at most {LARGEST / 1e6:.0f} MB are "
            "loaded into the app."
        )
    about = {"parameters": network.count_params(), "layers": layers}
    (folder / "about.json").write_text(json.dumps(about))


def _check_values(path: Path, layers: list[Layer], most: int) -> None:
    values = sum(math.prod(layer["output_shape"]) for layer in layers)
    if values > most:
        raise ModelFileError(
            f"{path} computes {values:,} values for one image; at most {most:,} are allowed here, because many "
            "images are predicted at once."
        )


def save_again(path: Path, model: keras.Model, run: Run) -> None:
    """Replace the model.keras of a run from elsewhere by what was loaded of it; write about.json, as `convert` does.

    Its model.tflite is made again, too: the server loads it without limits, and no comparison sees all of one.

    Raises:
        ModelFileError: it is not such a model as runs have, or is too large for the server.
    """
    try:
        network = export.core(model)
    except (StopIteration, AttributeError):
        raise ModelFileError(
            f"{path} is not the model of a run; import it alone, as a model file."
        ) from None
    layers = export.layer_table(network)
    _check_values(path, layers, MOST_OF_RUNS)
    export.save_keras(model, path.with_name("new.keras"))
    path.with_name("new.keras").replace(path)
    litert.save_litert(model, path.with_name("model.tflite"), run.recipe.quantize)
    about = {"parameters": model.count_params(), "layers": layers}
    path.with_name("about.json").write_text(json.dumps(about))


def wrapped(model: keras.Model, preprocessing: str) -> keras.Model:
    """A network that takes (28, 28) pixels from 0 to 255 and outputs ten probabilities.

    Plain Keras can load it, because it is built only of Keras' own layers and operations.
    """
    inputs = keras.Input(saved_models.input_shape(model))
    network = model if _is_simple(model) else _simplified(model, inputs)
    images = keras.Input((28, 28))
    pixels = preprocessings.apply(preprocessing, images, keras.ops)
    pixels = keras.ops.reshape(pixels, (-1, *saved_models.input_shape(model)))
    front = keras.Model(images, pixels, name=PREPROCESSING)
    network = keras.Model(network.inputs, network.outputs[0], name=NETWORK)
    whole = keras.Model(images, network(front(images)))
    few, _ = fashion_mnist.load("train")
    sample = whole.predict(few[:500].astype(np.float32), verbose=0)
    outputs = keras.ops.cast(whole.output, "float32")
    return keras.Model(whole.inputs, _as_probabilities(outputs, sample))


def _as_probabilities(outputs: Any, sample: np.ndarray) -> Any:
    """`saved_models.to_probabilities` as Keras operations, those that a sample of outputs needs."""
    if not saved_models.are_shares(sample):
        return keras.ops.softmax(outputs)
    if np.allclose(sample.sum(axis=1), 1, atol=saved_models.ROUNDING):
        return outputs
    shares = keras.ops.clip(outputs, 0, 1)
    return shares / keras.ops.maximum(keras.ops.sum(shares, axis=1, keepdims=True), 1e-7)


def _simplified(model: keras.Model, inputs: Any = None) -> keras.Model:
    """The same network in a form that LiteRT accepts.

    It has a fixed input size, computes in float32, unrolls recurrent layers and drops augmentation.
    """
    copy = keras.models.clone_model(model, inputs, clone_function=_simpler)
    for layer in copy.layers:
        if not isinstance(layer, keras.Model | keras.layers.InputLayer | keras.layers.Identity):
            layer.set_weights(model.get_layer(layer.name).get_weights())
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
    return copy


def _simpler(layer: keras.Layer) -> keras.Layer:
    if isinstance(layer, keras.Model):  # a network within the network
        return _simplified(layer)
    if _only_for_training(layer):
        return keras.layers.Identity(name=layer.name)
    return type(layer).from_config(_unrolled(layer.get_config()) | {"dtype": "float32"})


def _is_simple(model: keras.Model) -> bool:
    """Whether LiteRT accepts it unchanged."""
    layers = list(model._flatten_layers(include_self=False))
    return None not in model.input_shape[1:] and not any(
        _only_for_training(layer)
        or getattr(layer, "unroll", True) is False
        or layer.compute_dtype != "float32"
        for layer in layers
    )


def _only_for_training(layer: keras.Layer) -> bool:
    return type(layer).__name__.startswith("Random")


def _unrolled(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer and of its inner layers, recurrent ones unrolled."""
    inner = {
        key: value | {"config": _unrolled(value["config"])}
        for key, value in config.items()
        if isinstance(value, dict) and isinstance(value.get("config"), dict)
    }
    return config | inner | ({"unroll": True} if "unroll" in config else {})
