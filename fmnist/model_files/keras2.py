"""Converts the stored description of a network from Keras 2 to Keras 3.

Keras 3 takes the batch of an old first layer's `batch_input_shape` for a dimension of the image,
refuses removed arguments, and counts the calls of a nested network from 0 instead of 1
(https://github.com/keras-team/keras/pull/19669). Both store the weights in the same way.
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
# Arguments that Keras 3 removed from some layers, with the value that changes nothing.
GONE = {
    "groups": 1,
    "noise_shape": None,
    "softmax_robust_masking": False,
    "time_major": False,
    "trainable": True,
}
# Endings of arguments that a trained network with a known input shape does not need.
NEEDLESS = (
    *("_initializer", "_regularizer", "_constraint"),
    *("rng_type", "query_shape", "key_shape", "value_shape"),
)


def updated(description: dict[str, Any]) -> dict[str, Any]:
    """Convert the description of a network or layer from Keras 2 to Keras 3.

    Args:
        description: `{"class_name": ..., "config": ...}` from the file.

    Returns:
        A new one. Arguments that Keras 3 does not support, such as `time_major=True`, are kept;
        Keras 3 will refuse them.
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
    """Move the input shape, which Keras before 2.4 stored in the first layer, to an InputLayer."""
    shapes = [layer.pop("batch_input_shape", None) for layer in layers]
    if layers and layers[0]["class_name"] != "InputLayer" and shapes[0]:
        config = {"batch_shape": shapes[0], "name": "input"}
        layers.insert(0, {"class_name": "InputLayer", "config": config})


def _count_calls_from_zero(config: dict[str, Any]) -> None:
    """Subtract 1 from the calls of nested networks: Keras 2 counted their construction as a call."""
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
    """The arguments of a layer that Keras 3 accepts."""
    kept = {
        key: value
        for key, value in config.items()
        if not (key.endswith(NEEDLESS) or (key, value) in GONE.items())
    }
    axis = kept.get("axis")
    return kept | ({"axis": axis[0]} if isinstance(axis, list) and len(axis) == 1 else {})
