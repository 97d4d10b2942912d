"""A network is made of what computes arrays from arrays; whatever reads files or runs code is refused unread."""

import inspect
import json
import re
from pathlib import Path

import keras
import pytest
from keras.src import ops

from fmnist.model_files import allowed, saved_models
from fmnist.model_files.inspection import ModelFileError

from ..conftest import in_one_sentence
from .test_inspection import keras_file

# What computing arrays has no use for.
REACHES_OUT = re.compile(
    r"(?<![.\w])(open|exec|eval|compile|__import__)\((?!\))"
    r"|\b(import_module|load_model|func_load|py_function|numpy_function|gfile|file_utils|torch\.load|pickle|marshal|subprocess|socket"
    r"|requests|urllib|saved_model|read_file)\b"
)
MODULES = (
    *(keras, keras.layers, keras.initializers, keras.regularizers, keras.constraints),
    *(keras.dtype_policies, keras.quantizers, keras.random),
    *(ops.numpy, ops.nn, ops.core, ops.math, ops.linalg, ops.image),
)
CLASSES = sorted(allowed.names("layers", "operations", "settings"))


def classes_of(name: str) -> list[type]:
    found = (each for module in MODULES for each in vars(module).values() if inspect.isclass(each))
    return [each for each in found if each.__name__ == name and hasattr(each, "from_config")]


def test_what_is_allowed_is_a_class_of_keras():
    assert [name for name in CLASSES if not classes_of(name)] == []


@pytest.mark.parametrize("name", ["StringLookup", "TFSMLayer", "TorchModuleWrapper"])
def test_what_is_allowed_only_computes(name):
    assert reaching_out(CLASSES) == {}
    assert reaching_out([name])  # so that it would have been found


def reaching_out(names: list[str]) -> dict[str, str]:
    """The files of these classes, and of those that they extend, with what is suspicious in each."""
    bases = {base for name in names for each in classes_of(name) for base in each.__mro__}
    bases -= set(keras.Layer.__mro__)  # which all have
    files = {inspect.getfile(base) for base in bases if base.__module__.startswith("keras.")}
    texts = {file: Path(file).read_text() for file in files}
    return {file: found[0] for file, text in texts.items() if (found := REACHES_OUT.search(text))}


def test_only_functions_between_arrays_are_allowed():
    assert all(map(keras.activations.get, allowed.names("functions")))


def part(name: str, module: str | None = "keras.layers", **more: object) -> dict[str, object]:
    return {"module": module, "class_name": name, "config": {}, "registered_name": None, **more}


HOSTILE = {
    "reads a file": part("StringLookup", config={"vocabulary": "/etc/passwd"}),
    "loads a graph": part("TFSMLayer", config={"filepath": "/tmp/model"}),
    "unpickles": part("TorchModuleWrapper"),
    "runs code": part("Lambda"),
    "has a marshalled function": part("__lambda__", None, config={"value": "4wAAAA=="}),
    "downloads": part("function", "keras.utils", config="get_file"),
    "loads a model": part("function", "keras.saving", config="load_model"),
    "is a function of another package": part("function", "os", config="system"),
    "is called like one of Keras, in another package": part("Dense", "keras_evil.layers"),
    "is registered under another name": part("Dense", registered_name="evil>Dense"),
    "takes a function": part("Map", "keras.src.ops.core", registered_name="Map"),
    "is no layer": part("Progbar", "keras.utils"),
    "is a type of TensorFlow": part("__typespec__", "tensorflow"),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("where", ["as a layer", "in a wrapper", "as an activation"])
def test_a_network_with_a_part_that_reaches_out_is_refused(tmp_path, what, where):
    layer = HOSTILE[what]
    if where == "in a wrapper":
        layer = part("TimeDistributed", config={"layer": layer})
    if where == "as an activation":
        layer = part("Dense", config={"units": 10, "activation": layer})
    network = part("Sequential", "keras", config={"layers": [layer]})
    path = keras_file(tmp_path / "model.keras", json.dumps(network))
    with pytest.raises(ModelFileError) as error:
        saved_models.check(path)
    assert in_one_sentence(str(error.value))
    assert any(words in str(error.value) for words in ("custom code", "is not loaded here"))
