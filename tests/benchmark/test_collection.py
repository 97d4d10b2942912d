"""Accuracy on a folder of labelled images: by kind, style and preparation, at the shell."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from fmnist.benchmark import collection
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DatasetError
from fmnist.inference import classifier
from fmnist.preprocessing.examples import examples
from fmnist.runs import listing

from ..conftest import in_one_sentence, tells

LABELS = {"T-shirt": 0, "Trousers": 1, "Boot": 9, "Bag": 8}
LABELS |= {"Pullover": 2, "Dress": 3, "Sneaker": 7, "Ankle boot": 9}
CLASSES, FORM = fashion_mnist.DATASET.classes, fashion_mnist.DATASET.form
HEADER = ["file", "label", "kind", "style"]


def write(folder, rows, header=HEADER):
    with open(folder / "labels.csv", "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return folder


@pytest.fixture
def folder(tmp_path):
    """The app's own examples, drawings and photos, with what they show."""
    rows = []
    for name, image in examples().items():
        image.save(tmp_path / f"{name}.png")
        thing, kind = name.split(", ")
        rows.append([f"{name}.png", LABELS[thing], kind, "example"])
    return write(tmp_path, rows)


def test_every_kind_gets_its_accuracy_by_preparation_and_its_confusion(folder, capsys):
    assert main(["benchmark", "pictures", str(folder), "--json"]) == 0
    drawn, shot = map(json.loads, capsys.readouterr().out.splitlines())
    for row, kind in ((drawn, "drawn"), (shot, "photo")):
        assert (row["kind"], row["style"], row["pictures"]) == (kind, "example", 4)
        assert list(row["accuracy"]) == [*collection.PREPARATIONS, "ours"]
        assert row["accuracy"]["ours"] == 1
        assert np.sum(row["confusion"]) == 4
        assert 0.5 <= row["told"] <= 1
        assert row["sure"] <= row["told"]
        assert 0 <= row["calibration_error"] <= 1
    assert drawn["accuracy"]["resized"] < 1  # black on white, as many demos leave it


def test_it_is_printed_as_a_table_for_any_model(folder, capsys):
    assert main(["benchmark", "pictures", str(folder), "--model", "mlp-256"]) == 0
    printed = capsys.readouterr().out
    assert "drawn, example: 4 images" in printed
    assert "ours:" in printed
    assert "Ankle boot" in printed


def test_an_image_that_cannot_be_read_counts_as_wrong(folder, capsys):
    (folder / "Bag, drawn.png").write_bytes(b"")
    lines = (folder / "labels.csv").read_text().splitlines()
    drawings = [line for line in lines if "photo" not in line]
    (folder / "labels.csv").write_text("\n".join(drawings))
    assert main(["benchmark", "--json", "pictures", str(folder)]) == 0
    (drawn,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert drawn["pictures"] == 4
    assert drawn["accuracy"]["ours"] == 0.75


def test_an_image_that_cannot_be_read_has_no_part_in_the_calibration(folder):
    entries = [entry for entry in collection.read(folder, CLASSES) if entry.group[0] == "drawn"]
    network = classifier.load(listing.find("sprint").path)
    (sound,) = collection.measure(entries, network)
    unread = collection.Entry(folder / "none.png", 0, entries[0].group)
    (row,) = collection.measure([*entries, unread], network)
    assert row["calibration_error"] == sound["calibration_error"]
    (row,) = collection.measure([unread], network)
    assert row["calibration_error"] is None
    assert "confidence" not in collection.in_words(row, fashion_mnist.DATASET.class_names)


def test_for_an_image_of_no_class_only_the_confidence_is_evaluated(tmp_path, capsys):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40), np.uint8)
    Image.fromarray(noise).resize((320, 320), 0).save(tmp_path / "noise.png")
    write(tmp_path, [["noise.png", "", "none", "noise"]])
    assert main(["benchmark", "--json", "pictures", str(tmp_path)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["pictures"], row["told"], row["sure"]) == (1, 0, 0)
    assert "accuracy" not in row
    assert "ours predicts a class for 0%" in collection.in_words(
        row, fashion_mnist.DATASET.class_names
    )


def test_a_list_as_spreadsheets_save_it_is_read(folder):
    path = folder / "labels.csv"
    expected = collection.read(folder, CLASSES)
    path.write_text(path.read_text(), encoding="utf-8-sig")
    assert collection.read(folder, CLASSES) == expected


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (
            [["a.png", "10", "photo", "x"]],
            HEADER,
            "line 2: the label is '10'; expected 0 to 9, or none",
        ),
        ([["a.png", "Bag", "photo", "x"]], HEADER, "the label is 'Bag'"),
        ([["a.png", "1", "photo"]], HEADER[:3], "style is missing"),
        ([["a.png", "1", "p", "x"], ["", "1", "p", "x"]], HEADER, "line 3: file is missing"),
        ([], HEADER, "lists no images"),
    ],
)
def test_a_wrong_list_is_one_sentence_that_names_the_line(tmp_path, rows, header, said, capsys):
    assert main(["benchmark", "pictures", str(write(tmp_path, rows, header))]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert in_one_sentence(printed.err)


def test_a_folder_without_a_list_is_one_sentence(tmp_path, capsys):
    assert main(["benchmark", "pictures", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "labels.csv" in said
    assert in_one_sentence(said)


@pytest.mark.parametrize("name", collection.PREPARATIONS)
def test_every_preparation_gives_what_a_network_takes(name):
    for image in examples().values():
        pixels = collection.PREPARATIONS[name](image, FORM)
        assert pixels.shape == (28, 28)
        assert pixels.dtype == np.uint8


def test_the_papers_steps_bring_a_shop_photo_back_to_the_data_sets_form():
    pixels = fashion_mnist.load("test")[0][2]
    photo = Image.fromarray(255 - pixels).resize((280, 280), Image.Resampling.NEAREST)
    again = collection.seven_steps(photo.convert("RGB"), FORM)
    nearest = max(  # it may be centred one pixel aside
        np.corrcoef(np.roll(again, aside, axis=1).ravel(), pixels.ravel())[0, 1]
        for aside in (-1, 0, 1)
    )
    assert nearest > 0.95


def test_a_list_that_names_a_file_that_is_not_there_says_which_one(folder):
    with open(folder / "labels.csv", "a") as file:
        file.write("typo.png,1,drawn,pen\n")
    with pytest.raises(DatasetError, match=r"line 10: .*typo\.png does not exist"):
        collection.read(folder, CLASSES)


def test_a_folder_is_labelled_for_the_data_set_of_the_model(own, tmp_path, capsys):
    images, labels = own.dataset.load("test")
    rows = []
    for number, (image, label) in enumerate(zip(images[:12], labels[:12], strict=True)):
        Image.fromarray(image).save(tmp_path / f"{number}.png")
        rows.append([f"{number}.png", label, "made", "square"])
    write(tmp_path, rows)
    assert main(["benchmark", "pictures", str(tmp_path), "--model", own.name, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert np.shape(row["confusion"]) == (3, 3)
    assert row["accuracy"]["ours"] > 0.8
    write(tmp_path, [["0.png", 3, "made", "square"]])
    assert main(["benchmark", "pictures", str(tmp_path), "--model", own.name]) == 1
    assert tells(capsys.readouterr().err, "line 2", "0 to 2")
