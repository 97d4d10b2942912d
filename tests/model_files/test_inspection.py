"""What is in a model file is judged before Keras loads it: by its kind, and within bounds."""

import json
import pickle
import time
import zipfile
from pathlib import Path

import h5py
import pytest

from fmnist.model_files import inspection, saved_models
from fmnist.model_files.inspection import ModelFileError

from ..conftest import in_one_sentence, tells
from ..data.test_file_kinds import CONTENTS, zipped


def refusal(path: Path) -> str:
    """The sentence that says what is wrong with a file, which takes no time."""
    started = time.process_time()
    with pytest.raises(ModelFileError) as error:
        saved_models.check(path)
    assert time.process_time() - started < 3
    assert in_one_sentence(str(error.value))
    assert str(error.value).startswith(str(path))
    return str(error.value)


def keras_file(path: Path, config: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        file.writestr("config.json", config)
        file.writestr("model.weights.h5", "")
    return path


@pytest.mark.parametrize("kind", sorted(set(CONTENTS) - {"keras", "hdf5", "zip"}))
def test_what_is_no_model_of_keras_is_named_with_the_way_out(tmp_path, kind):
    (tmp_path / "model.keras").write_bytes(CONTENTS[kind])
    told = refusal(tmp_path / "model.keras")
    assert " is " in told
    assert any(word in told for word in ("expected", "save", "copy", "download", "git lfs"))


def test_a_model_in_a_folder_is_named_with_the_way_out(tmp_path):
    assert "missing" in refusal(tmp_path / "model.keras")
    assert "folder" in refusal(tmp_path)
    for name in ("config.json", "model.weights.h5"):
        (tmp_path / name).touch()
    assert "zip its files" in refusal(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    assert "SavedModel folder" in refusal(tmp_path)


def test_what_a_zip_archive_holds_is_named(tmp_path):
    path = tmp_path / "mine.zip"
    path.write_bytes(zipped("a.txt", "b.txt", "c.txt", "d.txt"))
    assert tells(refusal(path), "a.txt", "b.txt", "c.txt", "1 more")
    path.write_bytes(zipped("model.h5"))
    assert "model.h5 in" in str(refusal_of_any(path))
    path.write_bytes(zipped("__MACOSX/model.h5")[:50])
    assert "damaged" in refusal(path)


def refusal_of_any(path: Path) -> ModelFileError:
    with pytest.raises(ModelFileError) as error:
        saved_models.check(path)
    return error.value


def test_a_description_of_any_size_is_refused_unread(tmp_path):
    path = keras_file(tmp_path / "model.keras", b" " * 100_000_000)
    assert path.stat().st_size < 1_000_000
    assert "in 100 MB of JSON; at most 8 MB are read" in refusal(path)
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = " " * 9_000_000
    assert "in 9 MB of JSON" in refusal(tmp_path / "model.h5")


def test_weights_that_unpack_to_a_hundred_times_their_size_are_refused(tmp_path):
    path = keras_file(tmp_path / "model.keras", '{"class_name": "Sequential"}')
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("assets/zeros", bytes(50_000_000))
    assert "more than 100 times its size" in refusal(path)


@pytest.mark.parametrize("nested", [False, True])
def test_thousands_of_layers_are_refused(tmp_path, nested):
    layers = [{"class_name": "ReLU", "config": {}}] * 5_000
    network = {"class_name": "Sequential", "config": {"layers": layers}}
    if nested:
        network = {"class_name": "Sequential", "config": {"layers": [network, network]}}
    assert "layers; at most 1,500" in refusal(
        keras_file(tmp_path / "model.keras", json.dumps(network))
    )


@pytest.mark.parametrize("deep", [200, 100_000])
def test_a_description_nested_without_end_is_refused(tmp_path, deep):
    text = '{"class_name": "Sequential", "config": ' + "[" * deep + "]" * deep + "}"
    assert "more than 100 deep" in refusal(keras_file(tmp_path / "model.keras", text))


@pytest.mark.parametrize(
    "config", ["", "{", "[]", "3", '{"config": {}}', '{"class_name": 3, "config": 4}', "null"]
)
def test_a_description_that_is_none_is_refused(tmp_path, config):
    refusal(keras_file(tmp_path / "model.keras", config))


def test_training_is_left_out_of_a_description_and_built_in_parts_stay():
    own = {"class_name": "Own", "config": {}, "registered_name": "me>Own", "module": None}
    built_in = {"class_name": "Zeros", "config": {}, "registered_name": None, "module": "keras"}
    config = {"kernel_regularizer": own, "bias_initializer": built_in, "activation": own}
    network = {"class_name": "Dense", "config": config, "compile_config": {"loss": own}}
    left = inspection.without_training([network])[0]
    assert left["config"] == {"bias_initializer": built_in, "activation": own}
    assert "compile_config" not in left


def test_code_in_a_pickle_is_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return exec, ("raise SystemExit",)

    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Trap()))
    assert "running code" in refusal(tmp_path / "model.pkl")
