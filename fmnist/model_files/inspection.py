"""The content of a model file, inspected within bounds before Keras loads any of it."""

import contextlib
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fmnist.data import file_kinds

from . import allowed

LARGEST = 1_000_000_000  # bytes of a model file, unpacked; VGG16 has half as many
MOST_PACKED = 100  # largest compression ratio above `SUSPICIOUS` bytes; weights have 1 or 2
SUSPICIOUS = 20_000_000
CONFIG_BYTES = 8_000_000  # of the network's description; that of a DenseNet201 has 0.5 million
LAYERS = 1_500  # NASNetLarge has 1,041
DEPTH = 100  # of nested lists and objects in the description
NEEDLESS = ("_initializer", "_regularizer", "_constraint")  # for a trained network
MODELS = (".keras", ".h5", ".hdf5")
WAYS_OUT = {  # what to do with a file of another kind
    "missing": "name a .keras or .h5 file",
    "empty": "copy or download it again",
    "folder": "name a .keras or .h5 file",
    "saved-model": 'load it with the Keras that made it and save it by model.save("model.keras")',
    "keras-folder": "zip its files (not the folder) to model.keras",
    "git-lfs": "fetch the file itself by `git lfs pull`",
    "html": "download the file itself (on GitHub: Download raw file)",
    "json": "a network without its weights; save both by model.save(...)",
    "pickle": "save the model from Keras by model.save(...)",
}
ANOTHER = 'expected a .keras or .h5 file, written by model.save("model.keras") in Keras'


class ModelFileError(Exception):
    """A file that is not a model, or not a classifier of 28x28 images into ten classes."""


class Description(NamedTuple):
    """The network in a file, as it is stored."""

    kind: str  # of the file: "keras" or "h5"
    network: dict[str, Any]  # {"class_name": ..., "config": ...}
    version: int  # of the Keras that wrote it: 1, 2 or 3


@contextlib.contextmanager
def unzipped(path: Path) -> Iterator[Path]:
    """The path itself, or a copy of the only model in a zip archive.

    Raises:
        ModelFileError: it is another kind of file; the message names it and what to do.
    """
    kind = file_kinds.kind_of(path)
    if kind in ("keras", "hdf5"):
        yield path
        return
    if kind != "zip":
        raise ModelFileError(f"{file_kinds.in_words(path)}; {WAYS_OUT.get(kind, ANOTHER)}.")
    names = file_kinds.names_in(path)
    models = [name for name in names if name.lower().endswith(MODELS)]
    if len(models) != 1:
        raise ModelFileError(
            f"{_contents(path, names)}; expected one .keras or .h5 file, or a run that was downloaded, in it."
        )
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            check_sizes(path, archive)
            copy = Path(archive.extract(models[0], folder))
        if (kind := file_kinds.kind_of(copy)) not in ("keras", "hdf5"):
            raise ModelFileError(
                f"{models[0]} in {path} is {file_kinds.KINDS[kind]}; {WAYS_OUT.get(kind, ANOTHER)}."
            )
        try:
            yield copy
        except ModelFileError as error:
            raise ModelFileError(str(error).replace(str(copy), f"{models[0]} in {path}")) from None


def describe(path: Path) -> Description:
    """Read the description of the network in a `.keras` or HDF5 file.

    Raises:
        ModelFileError: the file has none, or its length, depth or number of layers exceeds the limit.
    """
    try:
        if zipfile.is_zipfile(path):
            kind, (text, version) = "keras", _texts_of_keras(path)
        else:
            kind, (text, version) = "h5", _texts_of_h5(path)
    except KeyError:
        raise _no_network(path) from None
    try:
        description = json.loads(text)
        deepest = _depth(description)
    except RecursionError:
        description, deepest = None, DEPTH + 1
    if deepest > DEPTH:
        raise ModelFileError(
            f"{path} describes its network in parts nested more than {DEPTH} deep, the limit."
        )
    if not _is_network(description):
        raise _no_network(path)
    if (layers := sum(_layers(description))) > LAYERS:
        raise ModelFileError(f"{path} has {layers:,} layers; at most {LAYERS:,} are read.")
    return Description(kind, description, version)


def parts(description: Any) -> Iterator[dict[str, Any]]:
    """All parts of the description that have a class, at any depth."""
    if isinstance(description, dict):
        if isinstance(description.get("class_name"), str):
            yield description
        description = list(description.values())
    if isinstance(description, list):
        for item in description:
            yield from parts(item)


def without_training(description: Any) -> Any:
    """The description without the settings of training, which may name the author's own code."""
    if isinstance(description, list):
        return [without_training(item) for item in description]
    if not isinstance(description, dict):
        return description
    return {
        key: without_training(value)
        for key, value in description.items()
        if key != "compile_config" and not (key.endswith(NEEDLESS) and _is_refused(value))
    }


def refuse_code(path: Path, network: dict[str, Any]) -> None:
    """Raise a ModelFileError if the network has custom code, or anything else than `allowed` names."""
    refused = [part for part in parts(network) if not allowed.is_allowed(part)]
    foreign = sorted({_class(part) for part in refused if allowed.is_foreign(part)})
    if foreign:
        raise ModelFileError(
            f"{path} contains custom code ({', '.join(foreign)[:100]}), which is never executed; "
            "build the network of Keras' own layers, such as Rescaling, and save it again."
        )
    if refused:
        raise ModelFileError(
            f"{path} contains {_class(refused[0])[:100]!r}, which is not loaded here: only layers and operations of Keras 3 "
            "that compute arrays from arrays are; build the network of those, such as Rescaling, and save it again."
        )


def _is_refused(value: Any) -> bool:
    is_part = isinstance(value, dict) and isinstance(value.get("class_name"), str)
    return is_part and not allowed.is_allowed(value)


def _class(part: dict[str, Any]) -> str:
    """The name of a class or function; a function's name is stored as its config."""
    name = str(part.get("config") if part["class_name"] == "function" else part["class_name"])
    return "Lambda" if name == "__lambda__" else name


def _texts_of_keras(path: Path) -> tuple[str | bytes, int]:
    with zipfile.ZipFile(path) as file:
        _check_config(path, file.getinfo("config.json").file_size)
        _check_config(path, file.getinfo("metadata.json").file_size)
        check_sizes(path, file)
        version = json.loads(file.read("metadata.json"))["keras_version"]
        return file.read("config.json"), _major(version)


def _texts_of_h5(path: Path) -> tuple[str | bytes, int]:
    import h5py

    _check_size(path, path.stat().st_size)
    with h5py.File(path) as file:
        text = file.attrs["model_config"]
        _check_config(path, len(text))
        return text, _major(str(file.attrs.get("keras_version", "1")))


def _major(version: str) -> int:
    return int(version.strip("b'").split(".")[0])


def check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    unpacked = sum(entry.file_size for entry in archive.infolist())
    _check_size(path, unpacked)
    if unpacked > SUSPICIOUS and unpacked > MOST_PACKED * path.stat().st_size:
        raise ModelFileError(
            f"{path} unpacks to {unpacked / 1e6:,.0f} MB, more than {MOST_PACKED} times its size, "
            "which no trained weights do."
        )


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST:
        raise ModelFileError(
            f"{path} unpacks to {size / 1e9:,.1f} GB; at most {LARGEST / 1e9:.0f} GB is read."
        )


def _check_config(path: Path, size: int) -> None:
    if size > CONFIG_BYTES:
        raise ModelFileError(
            f"{path} describes its network in {size / 1e6:,.0f} MB of JSON; at most "
            f"{CONFIG_BYTES / 1e6:.0f} MB are read."
        )


def digest(path: Path) -> str:
    """SHA-256 of a file of any size, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_network(description: Any) -> bool:
    if not isinstance(description, dict) or not isinstance(description.get("class_name"), str):
        return False
    return isinstance(description.get("config"), dict | list)


def _no_network(path: Path) -> ModelFileError:
    return ModelFileError(
        f"{path} describes no network (it may hold weights only); save it by model.save(...)."
    )


def _depth(description: Any) -> int:
    items = description.values() if isinstance(description, dict) else description
    inner = items if isinstance(description, dict | list) else ()
    return 1 + max((_depth(item) for item in inner if isinstance(item, dict | list)), default=0)


def _layers(description: dict[str, Any]) -> Iterator[int]:
    """The number of layers of each network in it."""
    for part in parts(description):
        config = part.get("config")
        layers = config.get("layers") if isinstance(config, dict) else config
        if isinstance(layers, list):
            yield len(layers)


def _contents(path: Path, names: list[str]) -> str:
    if not names:
        return f"{path} is an empty or damaged zip archive"
    some = ", ".join(names[:3])[:150]
    return f"{path} is a zip archive of {some}{f' and {len(names) - 3} more' * (len(names) > 3)}"
