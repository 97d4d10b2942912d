"""What Keras 2 wrote, for Keras 3: the stored description of a network, brought up to date.

Keras 3 takes the batch of an old first layer's `batch_input_shape` for a dimension of the image,
refuses arguments that a layer has no more, and counts the calls of a network within a network from 0,
not from 1 (https://github.com/keras-team/keras/pull/19669). The weights are stored alike.
"""

from typing import Any

from . import keras2_operations

NETWORKS = ("Sequential", "Functional", "Model")
RENAMED = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    **{f"{name}V{version}": name for name in ("LSTM", "GRU", "Dense") for version in (1, 2)},
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
}
# Arguments that some layers of Keras 3 have no more, with the value that they stand for.
GONE = {
    "groups": 1,
    "noise_shape": None,
    "softmax_robust_masking": False,
    "time_major": False,
    "trainable": True,
}
# Endings of what means nothing to a network that has learned and is told its input.
NEEDLESS = (
    *("_initializer", "_regularizer", "_constraint"),
    *("rng_type", "query_shape", "key_shape", "value_shape"),
)


def updated(description: dict[str, Any]) -> dict[str, Any]:
    """What describes a network or layer in Keras 2, in the words of Keras 3.

    Args:
        description: `{"class_name": ..., "config": ...}`, as the file has it.

    Returns:
        A new one. What Keras 3 cannot do, such as `time_major=True`, is left for it to refuse.
    """
    name, config = description["class_name"], description["config"]
    name = RENAMED.get(name, name)
    if name == "Sequential" and isinstance(config, list):  # before Keras 2.2.3
        config = {"name": "sequential", "layers": config}
    config = {key: _updated_value(value) for key, value in config.items()}
    shape = config.pop("batch_input_shape", None)
    if name == "InputLayer":
        config["batch_shape"] = shape
    if name in NETWORKS and "input_layers" in config:
        config["layers"] = [keras2_operations.converted(layer) for layer in config["layers"]]
        _count_calls_from_zero(config)
    layer = {**description, "class_name": name, "config": _understood(config)}
    if shape and name not in (*NETWORKS, "InputLayer"):
        layer["batch_input_shape"] = shape  # for the network around it
    if name == "Sequential":
        _begin_with_input(config["layers"])
    return layer


def _updated_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_updated_value(item) for item in value]
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    if value["class_name"] == "Policy":  # of dtypes
        return value["config"]["name"]
    return updated(value) if "config" in value else value


def _begin_with_input(layers: list[dict[str, Any]]) -> None:
    """Put the shape that the first layer tells, before Keras 2.4, into an InputLayer of its own."""
    shapes = [layer.pop("batch_input_shape", None) for layer in layers]
    if layers and layers[0]["class_name"] != "InputLayer" and shapes[0]:
        config = {"batch_shape": shapes[0], "name": "input"}
        layers.insert(0, {"class_name": "InputLayer", "config": config})


def _count_calls_from_zero(config: dict[str, Any]) -> None:
    """Keras 2 counted a network's own making as its first call; layers begin with 0 in both."""
    nodes = [node for layer in config["layers"] for node in layer["inbound_nodes"]]
    refs = [*keras2_operations.references(nodes), *config["output_layers"]]
    refs = [ref for ref in refs if isinstance(ref, list)]
    for layer in config["layers"]:
        layer.pop("batch_input_shape", None)
        calls = [ref for ref in refs if ref[0] == layer["name"]]
        if layer["class_name"] in NETWORKS and min((ref[1] for ref in calls), default=0) > 0:
            for ref in calls:
                ref[1] -= 1


def _understood(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments that a layer of Keras 3 takes."""
    kept = {
        key: value
        for key, value in config.items()
        if not (key.endswith(NEEDLESS) or (key, value) in GONE.items())
    }
    axis = kept.get("axis")
    return kept | ({"axis": axis[0]} if isinstance(axis, list) and len(axis) == 1 else {})
