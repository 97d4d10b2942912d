"""What a file is, found out by its content, whatever its name."""

import gzip
import io
import json
import pickle
import tarfile
import zipfile

import h5py
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from fmnist.data import file_kinds


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return file.getvalue()


def written(write) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def tarred(file) -> None:
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.keras"))


HEADER = json.dumps({"dense": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
TABLE = pyarrow.table({"label": [1]})
IDX = np.array([0x803, 1, 28, 28], ">u4").tobytes() + bytes(784)
CONTENTS = {
    "empty": b"",
    "hdf5": written(lambda file: h5py.File(file, "w").close()),
    "keras": zipped("metadata.json", "config.json", "model.weights.h5"),
    "zip": zipped("my_model/model.keras"),
    "npz": written(lambda file: np.savez(file, x=1)),
    "npy": written(lambda file: np.save(file, np.zeros(3))),
    "pytorch": zipped("net/data.pkl", "net/version"),
    "excel": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "tar": written(tarred),
    "pickle": pickle.dumps({"a": 1}),
    "onnx": b"\x08\x07\x12\x07pytorch\x1a\x052.1.0",
    "tflite": b"\x1c\0\0\0TFL3" + bytes(20),
    "safetensors": len(HEADER).to_bytes(8, "little") + HEADER + bytes(4),
    "git-lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "html": b"\n<!DOCTYPE html>\n<html><title>404</title></html>",
    "parquet": written(lambda file: pyarrow.parquet.write_table(TABLE, file)),
    "arff": b"% a comment\n\n@RELATION fashion\n@ATTRIBUTE pixel1 REAL\n",
    "json": b' {"class_name": "Sequential"}',
    "text": b"label,pixel1\n1,2\n",
    "image": written(lambda file: Image.new("L", (28, 28)).save(file, "png")),
    "idx-images": IDX,
    "idx-labels": np.array([0x801, 1], ">u4").tobytes() + b"\x01",
    "unknown": bytes(range(256)),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_is_known_by_its_content(tmp_path, kind):
    (tmp_path / "model.keras").write_bytes(CONTENTS[kind])
    assert file_kinds.kind_of(tmp_path / "model.keras") == kind


def test_what_is_gzipped_is_what_it_holds(tmp_path):
    path = tmp_path / "images.gz"
    for kind in ("idx-images", "text", "tar", "hdf5"):
        path.write_bytes(gzip.compress(CONTENTS[kind]))
        assert file_kinds.kind_of(path) == kind
    path.write_bytes(b"\x1f\x8b and no more")
    assert file_kinds.kind_of(path) == "gzip"


def test_a_folder_is_known_by_its_files(tmp_path):
    assert file_kinds.kind_of(tmp_path / "nothing") == "missing"
    assert file_kinds.kind_of(tmp_path) == "folder"
    for name in ("config.json", "model.weights.h5"):
        (tmp_path / name).touch()
    assert file_kinds.kind_of(tmp_path) == "keras-folder"
    (tmp_path / "saved_model.pb").touch()
    assert file_kinds.kind_of(tmp_path) == "saved-model"


def test_a_text_is_one_in_whatever_alphabet(tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        (tmp_path / "a.csv").write_bytes("Größe,pixel1\n1,2\n".encode(encoding))
        assert file_kinds.kind_of(tmp_path / "a.csv") == "text"


def test_each_kind_has_words():
    assert set(CONTENTS) <= set(file_kinds.KINDS)
