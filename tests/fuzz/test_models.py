"""Damaged and hostile model files, and ZIP files of runs: predictions, a run, or a sentence."""

import functools
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import h5py
import pytest
from hypothesis import given

from fmnist.data import fashion_mnist
from fmnist.machine import folders
from fmnist.model_files import importer, sandbox
from fmnist.model_files.inspection import ModelFileError
from fmnist.runs import listing
from fmnist.runs.files import RunError

from ..conftest import KERAS_NOISE
from ..model_files.zips import files_of
from .bounds import ends_well, tried
from .damage import HUGE, chances, damaged

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3_600),
    pytest.mark.filterwarnings(KERAS_NOISE, "ignore:Duplicate name:UserWarning"),
]

IMAGES = fashion_mnist.load("test")[0][:20]
KERAS = folders.SHIPPED / "mlp-256" / "model.keras"
HDF5 = Path(__file__).parents[1] / "files" / "keras2-functional.h5"
VALUES: tuple[Any, ...] = (
    *(None, True, "", "nan", [], {}, -1, 0, 1e308, 2**70, "linear", "<b>", [[[]]], ["a"] * 1_000),
    *HUGE,
)
HOSTILE = (
    {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"function": "x"},
        "registered_name": None,
    },
    {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
    {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"units": 10**9},
        "registered_name": None,
    },
    {
        "module": "keras.layers",
        "class_name": "UpSampling2D",
        "config": {"size": 10_000},
        "registered_name": None,
    },
)


def changed(value: Any, chance: random.Random) -> Any:
    """A description, one value of which is another."""
    if isinstance(value, dict | list) and value and chance.random() < 0.9:
        key = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        copy = value.copy()
        copy[key] = changed(value[key], chance)
        return copy
    return chance.choice((*VALUES, *HOSTILE, [value, value]))


def keras_file(chance: random.Random) -> bytes:
    """A .keras file with another description, or other weights."""
    with zipfile.ZipFile(KERAS) as file:
        members = {name: file.read(name) for name in file.namelist()}
    name = chance.choice(("config.json", "config.json", "metadata.json", "model.weights.h5"))
    if name.endswith(".json") and chance.random() < 0.8:
        members[name] = json.dumps(changed(json.loads(members[name]), chance)).encode()
    else:
        members[name] = damaged(members[name], chance)
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return made.getvalue()


def hdf5_file(chance: random.Random) -> bytes:
    """A file of Keras 2 with another description, or whose weights are elsewhere, huge, or missing."""
    made = io.BytesIO(HDF5.read_bytes())
    with h5py.File(made, "r+") as file:
        if chance.random() < 0.5:
            file.attrs["model_config"] = json.dumps(
                changed(json.loads(file.attrs["model_config"]), chance)
            )
        else:
            group = file["model_weights"]
            name = chance.choice(sorted(group))
            del group[name]
            for place in chance.choice(((), ("link",), ("array",))):
                if place == "link":
                    group[name] = h5py.ExternalLink("/etc/passwd", "/")
                else:
                    group.create_dataset(name, (10**6, 10**6), "f4", chunks=(1, 100))
    return made.getvalue()


@tried(0.07)
@given(chance=chances)
def test_a_damaged_model(tmp_path_factory, chance):
    kind = chance.choice((keras_file, keras_file, hdf5_file, lambda _: KERAS.read_bytes()))
    content = kind(chance)
    if chance.random() < 0.2:
        content = damaged(content, chance)
    path = tmp_path_factory.mktemp("model") / chance.choice(
        ("model.keras", "model.h5", "model.zip")
    )
    path.write_bytes(content)
    ends_well(lambda: sandbox.predict(path, IMAGES, "0-255"), ModelFileError, content)


@functools.cache
def run() -> dict[str, bytes]:
    """The files of a run by their names."""
    return files_of(listing.find("mlp-256"))


@tried(0.03)
@given(chance=chances)
def test_a_damaged_run(tmp_path_factory, chance):
    members = run().copy()
    for name in chance.sample(sorted(members), chance.choice((1, 2))):
        if name.endswith(".json") and chance.random() < 0.7:
            members[name] = json.dumps(changed(json.loads(members[name]), chance)).encode()
        else:
            members[name] = damaged(members[name], chance)
    if chance.random() < 0.2:
        members[chance.choice(("../out", "/tmp/out", "other.txt", "a/run.json"))] = b"{}"
    content = zipped(members)
    if chance.random() < 0.2:
        content = damaged(content, chance)
    path = tmp_path_factory.mktemp("run") / "run.zip"
    path.write_bytes(content)
    ends_well(lambda: importer.add(path), (ModelFileError, RunError), content)
