"""What people bring for a data set of their own: proposed before anything is written."""

import gzip
import io
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from fmnist.data import library
from fmnist.data.dataset import Form
from fmnist.machine import folders
from fmnist.preprocessing.adding import propose

RNG = np.random.default_rng(0)
NAMES = ("circle", "مربع", "🔺")
LABELS = np.arange(60) % 3


def picture(size=(12, 12), colour: bool = False) -> Image.Image:
    shape = (*size[::-1], 3) if colour else size[::-1]
    return Image.fromarray(RNG.integers(0, 256, shape, np.uint8))


def write(folder: Path, count: int = 10, **form) -> Path:
    """So many different pictures in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        picture(**form).save(folder / f"{number}.png")
    return folder


def zipped(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def smooth(count: int, *shape: int) -> np.ndarray:
    """Images without noise, all different; in colour each channel has its own slope."""
    steps = np.add.outer(np.arange(shape[0]), np.arange(shape[1]))
    channels = np.multiply.outer(steps, np.arange(1, 1 + (shape[2:] or (1,))[0]))
    images = channels + np.arange(count)[:, None, None, None]
    return (images.reshape(count, *shape) * 255 / images.max()).astype(np.uint8)


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "ZIP"])
def test_a_folder_for_each_class_becomes_a_data_set_with_a_fifth_held_out(home, tmp_path, packed):
    folder = tmp_path / "shapes"
    for name in NAMES:
        write(folder / name, 20)
    seen = []
    proposal = propose(zipped(folder) if packed else folder, progress=lambda *of: seen.append(of))
    assert seen[-1] == (60, 60)
    assert proposal.class_names == NAMES
    assert proposal.form == Form(28)
    assert set(map(str, proposal.counts.values())) == {str({"train": 16, "test": 4})}
    assert not proposal.left_out
    assert not folders.datasets().exists()
    dataset = proposal.add("shapes")
    assert dataset == library.find("shapes")
    assert dataset.counts == {"train": 48, "test": 12}
    images, labels = dataset.load("test")
    assert images.shape == (12, 28, 28)
    assert np.bincount(labels).tolist() == [4, 4, 4]
    assert (labels != np.sort(labels)).any()  # the first ones are a sample of all


@pytest.mark.parametrize(
    "folder",
    [
        "{split}/{name}",
        "{name}/{split}",
        "all/seg_{split}/seg_{split}/{name}",
        "{split}-images/{name}/more",
        "{name}/{split}ing",
    ],
)
def test_folders_that_divide_the_images_are_kept(tmp_path, folder):
    for split, count in (("train", 12), ("test", 10)):
        for name in ("circle", "square"):
            write(tmp_path / "data" / folder.format(split=split, name=name), count)
    proposal = propose(tmp_path / "data")
    counts = {"train": 12, "test": 10}
    assert proposal.counts == {"circle": counts, "square": counts}
    assert proposal.is_given


def test_train_may_be_a_class(tmp_path):
    for name in ("bus", "train"):
        write(tmp_path / name, 10)
    assert propose(tmp_path).class_names == ("bus", "train")


def test_validation_images_test_where_nothing_else_does_and_train_where_it_does(tmp_path):
    for split, count in (("train", 12), ("val", 10)):
        for name in NAMES:
            write(tmp_path / split / name, count)
    assert propose(tmp_path).counts["circle"] == {"train": 12, "test": 10}
    for name in NAMES:
        write(tmp_path / "test" / name, 11)
    assert propose(tmp_path).counts["circle"] == {"train": 22, "test": 11}
    assert propose(tmp_path, test=0.5).counts["circle"] == {"train": 17, "test": 16}


def test_the_form_suits_the_pictures_unless_another_is_asked_for(tmp_path):
    for name in NAMES:
        write(tmp_path / name, 10, size=(64, 50), colour=True)
    proposal = propose(tmp_path)
    assert (proposal.form, proposal.framing) == (Form(48, colour=True), "cropped")
    asked = propose(tmp_path, side=32, colour=False, framing="squeezed")
    assert (asked.form, asked.framing) == (Form(32), "squeezed")
    assert asked.images.shape == (30, 32, 32)
    assert {original.class_name for original in asked.originals} == set(NAMES)
    assert asked.originals[0].image.size == (64, 50)


def rows(images: np.ndarray, labels=LABELS) -> list[list]:
    flat = images.reshape(len(images), -1)
    return [[label, *row] for label, row in zip(labels, flat.tolist(), strict=True)]


def text(table: list[list], separator: str = ",") -> bytes:
    return "".join(separator.join(map(str, row)) + "\n" for row in table).encode()


def header(count: int) -> list[str]:
    return ["label", *(f"pixel{number}" for number in range(count))]


GREY, COLOUR = smooth(60, 20, 20), smooth(60, 16, 16, 3)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", text([header(400), *rows(GREY)])),
        ("a.csv", text(rows(GREY))),
        ("a.csv", text([[*row[1:], row[0]] for row in [header(400), *rows(GREY)]], ";")),
        ("a.csv", text([header(400), *rows(GREY / 255)])),
        ("a.csv.gz", gzip.compress(text(rows(GREY, [NAMES[y] for y in LABELS])))),
        ("a.csv", text([header(400), *rows(GREY, [f"{y}.0" for y in LABELS])])),
    ],
    ids=["header", "none", "label last, ;", "0 to 1", "gzip, words", "labels 1.0"],
)
def test_a_table_of_any_square_number_of_pixels_is_read(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    proposal = propose(tmp_path / name)
    assert proposal.class_names == (NAMES if name.endswith("gz") else ("0", "1", "2"))
    assert proposal.labels.tolist() == LABELS.tolist()
    assert proposal.images.shape == (60, 28, 28)
    assert (np.diff(proposal.images[5].astype(int), axis=0) >= 0).all()  # the slope that it has


@pytest.mark.parametrize("planar", [False, True], ids=["by pixel", "by channel"])
def test_colours_in_a_table_are_found_in_either_order(tmp_path, planar):
    images = COLOUR.transpose(0, 3, 1, 2) if planar else COLOUR
    (tmp_path / "a.csv").write_bytes(text([header(768), *rows(images)]))
    proposal = propose(tmp_path / "a.csv")
    assert proposal.form == Form(28, colour=True)
    means = COLOUR.mean(axis=(0, 1, 2))
    np.testing.assert_allclose(proposal.images.mean(axis=(0, 1, 2)), means, atol=3)


@pytest.mark.parametrize(
    "shape", [(20, 20), (20, 20, 1), (32, 32, 3), (3, 32, 32), (400,), (48, 48, 3)], ids=str
)
def test_an_archive_as_keras_keeps_it_is_read_with_its_split(tmp_path, shape):
    size = [length for length in shape if length > 3] if len(shape) > 1 else (20, 20)
    images = smooth(90, *size, *([3] if 3 in shape else []))
    if shape[0] == 3:
        images = images.transpose(0, 3, 1, 2)
    images = images.reshape(90, *shape)
    labels = (np.arange(90) % 3)[:, None]
    path = tmp_path / "a.npz"
    np.savez(path, x_train=images[:60], y_train=labels[:60], x_test=images[60:], y_test=labels[60:])
    proposal = propose(path)
    assert proposal.is_given
    assert proposal.counts["0"] == {"train": 20, "test": 10}
    assert proposal.form == Form(max(28, size[0]), colour=3 in shape)
    if size[0] in (32, 48):  # of a form that there is they stay as they are
        expected = images.transpose(0, 2, 3, 1) if shape[0] == 3 else images
        assert (proposal.images == expected).all()


def test_dim_images_are_stretched_and_it_is_said(tmp_path):
    np.savez(tmp_path / "digits.npz", x=GREY // 16, y=LABELS)
    proposal = propose(tmp_path / "digits.npz")
    assert proposal.images.max() == 255
    assert "0 to 15" in " ".join(proposal.sentences)


def test_idx_files_of_both_splits_are_read(tmp_path):
    for split, images, labels in (("train", GREY, LABELS), ("t10k", 255 - GREY, LABELS)):
        head = struct.pack(">4i", 2051, len(images), 20, 20)
        (tmp_path / f"{split}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        (tmp_path / f"{split}-labels-idx1-ubyte.gz").write_bytes(
            gzip.compress(struct.pack(">2i", 2049, 60) + labels.astype(np.uint8).tobytes())
        )
    proposal = propose(tmp_path)
    assert proposal.is_given
    assert proposal.counts["2"] == {"train": 20, "test": 20}


def png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def test_parquet_as_the_hub_keeps_it_is_read_in_all_its_parts_with_its_names(tmp_path):
    features = {"label": {"names": list(NAMES), "_type": "ClassLabel"}, "image": {"_type": "Image"}}
    metadata = {b"huggingface": str({"info": {"features": features}}).replace("'", '"').encode()}
    images = [{"bytes": png(image), "path": None} for image in smooth(90, 40, 30, 3)]
    labels = (np.arange(90) % 3).tolist()
    for name, part in (
        ("train-00000-of-00002", slice(0, 30)),
        ("train-00001-of-00002", slice(30, 60)),
        ("test-00000-of-00001", slice(60, 90)),
    ):
        table = pyarrow.table({"image": images[part], "label": labels[part]})
        table = table.replace_schema_metadata({b"huggingface": metadata[b"huggingface"]})
        pyarrow.parquet.write_table(table, tmp_path / f"{name}.parquet")
    proposal = propose(tmp_path)
    assert proposal.class_names == NAMES
    assert proposal.counts["circle"] == {"train": 20, "test": 10}
    assert proposal.form == Form(28, colour=True)


def test_a_zip_as_kaggle_gives_it_has_both_tables(tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("sign_mnist_train.csv", text([header(400), *rows(GREY)]))
        archive.writestr("sign_mnist_test/sign_mnist_test.csv", text(rows(255 - GREY)))
        archive.writestr("sign_mnist_test.csv", text(rows(255 - GREY)))
        archive.writestr("american_sign_language.PNG", png(GREY[0]))
    proposal = propose(tmp_path / "archive.zip")
    assert proposal.counts["0"] == {"train": 20, "test": 20}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (LABELS + 1, ("1", "2", "3")),
        (LABELS * 2, ("0", "2", "4")),
        (LABELS + 9, ("9", "10", "11")),
    ],
    ids=["from 1", "some missing", "two digits"],
)
def test_numbers_that_are_not_counted_from_zero_stay_the_names(tmp_path, given, names):
    np.savez(tmp_path / "a.npz", x=GREY, y=given)
    proposal = propose(tmp_path / "a.npz")
    assert proposal.class_names == names
    assert proposal.labels.tolist() == LABELS.tolist()
    assert f"from {names[0]} to {names[-1]}" in " ".join(proposal.sentences)
