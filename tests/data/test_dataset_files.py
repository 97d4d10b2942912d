"""The data set in files and folders of others: read whole, or one sentence that says what is wrong."""

import io
import pickle
import zipfile

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from fmnist.data.files import reader
from fmnist.data.labels import CLASS_NAMES

from ..conftest import tells
from ..data_inputs import (
    HEADER,
    IMAGES,
    LABELS,
    cells,
    holds,
    refusal,
    said,
    write,
    write_idx,
    zipped,
)

# .npz


@pytest.mark.parametrize(
    "arrays",
    [
        {"x_train": IMAGES[:9], "y_train": LABELS[:9], "x_test": IMAGES, "y_test": LABELS},
        {"x": IMAGES.reshape(-1, 784), "y": LABELS[:, None]},
        {"images": IMAGES[..., None], "labels": np.eye(10)[LABELS]},
        {"x": np.stack([IMAGES] * 3, axis=-1), "y": LABELS},
        {"test_images": IMAGES / 255, "test_labels": LABELS.astype(str)},
        {"arr_0": IMAGES[:9], "arr_1": LABELS[:9], "arr_2": IMAGES, "arr_3": LABELS},
    ],
    ids=lambda arrays: ",".join(arrays) + str(next(iter(arrays.values())).shape),
)
def test_a_numpy_archive_is_read_by_the_names_and_shapes_of_its_arrays(tmp_path, arrays):
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    holds(reader.read(tmp_path / "a.npz"))


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ({"x": np.zeros((9, 32, 32))}, "has images of 32 x 32 pixels; expected 28 x 28"),
        ({"a": IMAGES, "b": IMAGES, "y": LABELS}, "several arrays of images (a, b)"),
        ({"x": IMAGES, "y": LABELS, "z": LABELS}, "several arrays of labels (y, z)"),
        ({"x": IMAGES.astype(object)}, "holds values of the type object"),
        ({"x": IMAGES.astype(complex)}, "holds values of the type complex128"),
        ({"x": IMAGES.astype("U3")}, "holds values of the type str96"),
        ({"x": IMAGES[:0]}, "has no images"),
        ({"x": np.full((2, 28, 28), np.nan)}, "image 1, row 1, column 1 is 'nan'"),
    ],
)
def test_what_an_archive_lacks_is_named(tmp_path, arrays, fault):
    np.savez(tmp_path / "a.npz", **arrays)
    assert fault in refusal(tmp_path / "a.npz")


@pytest.mark.parametrize("header", ["-" * 9000 + "1", "{[]: 1}", "{'shape': 1, 'descr': 2, 3: 4}"])
def test_the_header_of_an_array_may_be_anything(tmp_path, header):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        start = b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little")
        archive.writestr("x.npy", start + header.encode())
    assert "expected a NumPy array" in refusal(tmp_path / "a.npz")


def test_an_array_that_promises_too_much_is_refused_before_it_is_read(tmp_path):
    header = io.BytesIO()
    form = {"descr": "|u1", "fortran_order": False, "shape": (200_000, 28, 28, 10_000)}
    np.lib.format.write_array_header_1_0(header, form)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue())
        archive.writestr("y.npy", header.getvalue())
    assert "expected images of shape" in refusal(tmp_path / "a.npz")


# Parquet


def png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def parquet(path, columns: dict, metadata: dict | None = None):
    table = pyarrow.table(columns).replace_schema_metadata(metadata)
    pyarrow.parquet.write_table(table, path)
    return path


@pytest.mark.parametrize(
    "columns",
    [
        {"image": [{"bytes": png(image), "path": None} for image in IMAGES], "label": LABELS},
        {"image": [png(image) for image in IMAGES], "class": [CLASS_NAMES[y] for y in LABELS]},
        {"pixels": IMAGES.reshape(-1, 784).tolist(), "target": LABELS},
        dict(zip(HEADER, np.array(cells()).T, strict=True)),
        dict(zip(HEADER, np.array(cells(IMAGES / 255)).T, strict=True)),
    ],
    ids=["Hugging Face", "bytes, names", "lists", "columns", "columns of fractions"],
)
def test_a_parquet_file_is_read(tmp_path, columns):
    holds(reader.read(parquet(tmp_path / "a.parquet", columns)))


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"a": [1, 2]}, "has 1 column in its first line; expected 785"),
        ({"image": [b"none"], "label": [1]}, "row 1: "),
        ({"image": [png(IMAGES[0][:20])], "label": [1]}, "row 1 has 28 x 20 pixels"),
        ({"image": [png(IMAGES[0])], "label": [11]}, "row 1, label is '11'"),
        ({"image": pyarrow.array([], pyarrow.binary())}, "has no images"),
    ],
)
def test_what_is_wrong_in_a_parquet_file_is_named(tmp_path, columns, fault):
    assert fault in refusal(parquet(tmp_path / "a.parquet", columns))


# Folders and zips


def write_images(folder, names=str, images=IMAGES, ending="png"):
    for number, (image, label) in enumerate(zip(images, LABELS, strict=True)):
        place = folder / names(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{number:03}.{ending}")
    return folder


def in_any_order(found):
    """Whether these are the first test images with their labels."""
    given = {image.tobytes(): label for image, label in zip(IMAGES, LABELS, strict=True)}
    assert len(found.images) == len(IMAGES)
    assert all(given[i.tobytes()] == y for i, y in zip(found.images, found.labels, strict=True))


@pytest.mark.parametrize(
    "names",
    [str, lambda y: CLASS_NAMES[y].replace("/", "_"), lambda y: f"test/{y} {CLASS_NAMES[y][:3]}"],
    ids=["numbers", "names", "test"],
)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_folder_of_images_for_each_class_is_read(tmp_path, names, packed):
    if "test" in names(1):
        names = "test/{}".format
        write_images(tmp_path / "data", "train/{}".format)
    folder = write_images(tmp_path / "data", names)
    (folder / ".DS_Store").write_bytes(b"")
    in_any_order(reader.read(zipped(folder) if packed else folder))


def test_square_images_of_another_size_are_resized_and_it_is_said(tmp_path):
    large = IMAGES.repeat(4, axis=1).repeat(4, axis=2)
    found = reader.read(write_images(tmp_path, images=large))
    in_any_order(found)
    assert "resized to 28 x 28" in said(found)


def test_images_that_are_not_square_or_in_folders_of_no_class_are_refused(tmp_path):
    write_images(tmp_path / "a", images=IMAGES[:, :20])
    assert tells(refusal(tmp_path / "a", tmp_path / "a" / "0"), "28 x 20", "28 x 28")
    write_images(tmp_path / "b", lambda y: "things")
    assert "'things'" in refusal(tmp_path / "b")
    found = reader.read(write_images(tmp_path / "c", lambda y: "."))
    assert found.labels is None
    assert found.ids[0] == "000.png"


def test_a_folder_one_level_too_low_is_read_or_the_right_one_named(tmp_path):
    found = reader.read(write_images(tmp_path / "images") / "9")
    assert set(found.labels) == {9}
    assert "the folder's own name, 9" in said(found)
    write_idx(tmp_path, name="t10k-{0}-idx{1}-ubyte/t10k-{0}-idx{1}-ubyte".format)
    low = tmp_path / "t10k-images-idx3-ubyte"
    assert f"name {tmp_path}, which has it" in refusal(low)
    holds(reader.read(tmp_path))


def test_a_table_beside_folders_of_images_is_not_what_is_read(tmp_path):
    write(write_images(tmp_path) / "notes.csv", "file,author\n")
    in_any_order(reader.read(tmp_path))


@pytest.mark.parametrize("name", ["fashion-mnist_test.csv", "test.npz", "test.parquet"])
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_the_only_table_of_a_split_in_a_folder_is_read(tmp_path, name, packed):
    folder = tmp_path / "data"
    write(folder / "train.csv", [HEADER])
    write(folder / "test.csv", [HEADER, *cells()])
    if name.endswith("npz"):
        np.savez(folder / name, x=IMAGES, y=LABELS)
    if name.endswith("parquet"):
        parquet(folder / name, dict(zip(HEADER, np.array(cells()).T, strict=True)))
    if not name.endswith("csv"):
        (folder / "test.csv").unlink()
    found = reader.read(zipped(folder) if packed else folder)
    holds(found)
    assert "was read" in said(found)


def test_a_folder_with_several_tables_or_none_is_refused(tmp_path):
    assert "has no files; expected" in refusal(tmp_path)
    write(tmp_path / "notes.md", "text")
    assert "has only notes.md; expected" in refusal(tmp_path)
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, [HEADER, *cells()])
    assert tells(refusal(tmp_path), "a.csv", "b.csv")


# What is something else


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS pointer"),
        ("a.csv", b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        ("a.arff", b"% x\n@RELATION fmnist\n@DATA\n", "an ARFF file"),
        ("a.pkl", pickle.dumps({"x": 1}), "a pickle"),
        ("a.mat", b"MATLAB 5.0 MAT-file" + bytes(200), "a MATLAB file"),
        ("a.npy", b"\x93NUMPY\x01\0", "a NumPy array"),
        ("a.png", b"\x89PNG\r\n", "an image"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        ("a.csv", bytes(range(256)) * 500, "of an unknown kind"),
        ("a.csv.gz", bytes(50_000_000), "of an unknown kind"),
        ("a.json", b'{"x": 1}', "a JSON text"),
        ("a.zip", b"PK\x03\x04 cut", "damaged"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "a packed archive"),
    ],
)
def test_what_is_not_read_is_named_for_what_it_is(tmp_path, name, content, kind):
    assert kind in refusal(write(tmp_path / name, content))


def test_a_zip_in_a_zip_and_one_with_a_password_are_named(tmp_path):
    inner = zipped(write_idx(tmp_path / "data"))
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(inner, "data.zip")
    assert "expected" in refusal(tmp_path / "outer.zip")
    locked = bytearray(inner.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag "encrypted"
        start = locked.find(mark)
        while start >= 0:
            locked[start + place] |= 1
            start = locked.find(mark, start + 4)
    assert "password" in refusal(write(tmp_path / "locked.zip", bytes(locked)))


def test_a_missing_file_is_named(tmp_path):
    assert "cannot be read: No such file" in refusal(tmp_path / "test.csv")
