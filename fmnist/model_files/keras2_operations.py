"""Converts operations between layers, such as `x / 255.`, from Keras 2 to Keras 3.

TensorFlow 2.4 and later stored each operation as a layer `TFOpLambda`, TensorFlow 2.0 to 2.3 as a
`TensorFlowOpLayer`. Keras 3 stores operations of its own in a similar way. Calls with tensors as named
arguments, such as `value=` of an attention layer, must be converted to Keras 3's form of a call.
"""

import re
from collections.abc import Iterator
from typing import Any

NUMPY, NN, CORE = "keras.src.ops.numpy", "keras.src.ops.nn", "keras.src.ops.core"
AXIS = {"axis": "axis"}
REDUCED = {"axis": "axis", "keepdims": "keepdims"}
# TensorFlow's name: the module and class of Keras 3, and its argument for each of TensorFlow's.
OPERATIONS: dict[str, tuple[str, str, dict[str, str]]] = {
    "add": (NUMPY, "Add", {}),
    "subtract": (NUMPY, "Subtract", {}),
    "multiply": (NUMPY, "Multiply", {}),
    "truediv": (NUMPY, "TrueDivide", {}),
    "divide": (NUMPY, "TrueDivide", {}),
    "maximum": (NUMPY, "Maximum", {}),
    "minimum": (NUMPY, "Minimum", {}),
    "negative": (NUMPY, "Negative", {}),
    "abs": (NUMPY, "Absolute", {}),
    "square": (NUMPY, "Square", {}),
    "sqrt": (NUMPY, "Sqrt", {}),
    "exp": (NUMPY, "Exp", {}),
    "tanh": (NUMPY, "Tanh", {}),
    "expand_dims": (NUMPY, "ExpandDims", AXIS),
    "squeeze": (NUMPY, "Squeeze", AXIS),
    "reshape": (NUMPY, "Reshape", {"shape": "newshape"}),
    "transpose": (NUMPY, "Transpose", {"perm": "axes"}),
    "reduce_mean": (NUMPY, "Mean", REDUCED),
    "reduce_max": (NUMPY, "Max", REDUCED),
    "reduce_sum": (NUMPY, "Sum", REDUCED),
    "cast": (CORE, "Cast", {"dtype": "dtype"}),
    "relu": (NN, "Relu", {}),
    "sigmoid": (NN, "Sigmoid", {}),
    "softmax": (NN, "Softmax", AXIS),
    "log_softmax": (NN, "LogSoftmax", AXIS),
}
NODES = {"Mul": "multiply", "RealDiv": "truediv", "Sub": "subtract", "AddV2": "add", "Add": "add"}
CONSTANT = "_CONSTANT_VALUE"  # what stands in a call in place of a layer's name


def converted(layer: dict[str, Any]) -> dict[str, Any]:
    """Convert a layer of a functional network, and its calls, to the form of Keras 3.

    Raises:
        ValueError: the layer is an operation that is not in `OPERATIONS`.
    """
    if layer["class_name"] == "TFOpLambda":
        return _operation(layer, layer["config"]["function"].split(".")[-1], {})
    if layer["class_name"] == "TensorFlowOpLayer":
        config = layer["config"]
        constants = {int(place): value for place, value in config.get("constants", {}).items()}
        return _operation(layer, _operation_of_node(config["node_def"]), constants)
    if layer["class_name"] == "SlicingOpLambda":
        return _operation(layer, "", {})
    calls = [_call(node) if any(_named(node)) else node for node in layer["inbound_nodes"]]
    return {**layer, "inbound_nodes": calls}


def _operation_of_node(node: Any) -> str:
    """The key of `OPERATIONS` for a stored node of a graph, if it is arithmetic."""
    found = re.search(r"""["']op["']: ?["'](\w+)["']""", str(node))
    return NODES.get(found[1], "") if found else ""


def references(calls: Any) -> Iterator[list[Any]]:
    """All `[layer's name, call, output, ...]` in calls of both forms."""
    if isinstance(calls, dict) and calls.get("class_name") == "__keras_tensor__":
        yield calls["config"]["keras_history"]
        return
    if isinstance(calls, list) and _is_reference(calls):
        yield calls
    items = calls.values() if isinstance(calls, dict) else calls
    for item in items if isinstance(calls, dict | list) else ():
        yield from references(item)


def _operation(layer: dict[str, Any], function: str, constants: dict[int, float]) -> dict[str, Any]:
    if function not in OPERATIONS:
        raise ValueError(
            f"its layer {layer['name']!r} is a TensorFlow operation without a counterpart in Keras "
            "3; build the network only of layers, such as Rescaling or Reshape, and save it again"
        )
    module, name, arguments = OPERATIONS[function]
    calls = [_call(node) for node in layer["inbound_nodes"]]
    config: dict[str, Any] = {"name": layer["name"]}
    for call in calls:
        given, call["kwargs"] = call["kwargs"], {}
        config |= {arguments[key]: value for key, value in given.items() if key in arguments}
        call["args"] += [given["y"]] if "y" in given else []
        for place, value in sorted(constants.items()):
            call["args"].insert(place, value)
    return {
        "module": module,
        "class_name": name,
        "registered_name": name,
        "config": config,
        "name": layer["name"],
        "inbound_nodes": calls,
    }


def _call(node: list[Any]) -> dict[str, Any]:
    """A call in the form of Keras 3: `{"args": [...], "kwargs": {...}}`."""
    inputs = [node] if node and not isinstance(node[0], list) else node
    tensors = [_value(ref) for ref in inputs]
    named = inputs[0][3] if inputs and len(inputs[0]) > 3 else {}
    return {
        "args": [tensors[0] if len(tensors) == 1 else tensors],
        "kwargs": {name: _value(value) for name, value in named.items()},
    }


def _value(value: Any) -> Any:
    """A constant, or a tensor as Keras 3 stores it (its shape is not read)."""
    if not _is_reference(value):
        return value
    if value[0] == CONSTANT:
        return value[2]
    history = {"shape": [], "dtype": "float32", "keras_history": value[:3]}
    return {"class_name": "__keras_tensor__", "config": history}


def _named(node: list[Any]) -> Iterator[bool]:
    """For each argument that a call gives by name, whether it is a tensor."""
    for ref in node:
        if isinstance(ref, list) and len(ref) > 3:
            yield from (_is_reference(value) for value in ref[3].values())


def _is_reference(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str)
