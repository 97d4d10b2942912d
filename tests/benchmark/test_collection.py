"""Accuracy on folders of labelled images: by folder, kind, style and class, at the shell."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from fmnist.benchmark import collection
from fmnist.benchmark.preparations import PREPARATIONS
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DatasetError
from fmnist.preprocessing.examples import examples

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


def rows_of(capsys, *arguments):
    assert main(["benchmark", "pictures", "--json", *map(str, arguments)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_kind_gets_its_accuracy_with_an_interval_and_that_of_simple_preparations(
    folder, capsys
):
    drawn, shot, both = rows_of(capsys, folder, "--simply")
    for row, kind in ((drawn, "drawn"), (shot, "photo")):
        assert (row["folder"], row["kind"], row["style"]) == (folder.name, kind, "example")
        assert (row["images"], row["enough"]) == (4, False)
        assert row["accuracy"] | {"low": 0} == {"share": 1, "low": 0, "high": 1, "of": 4}
        assert 0.3 < row["accuracy"]["low"] < 0.6  # four of four are few
        assert row["withheld"]["share"] + row["sure"]["share"] <= 1
        assert np.sum(row["confusion"]) == 4
        assert 0 <= row["calibration_error"] <= 1
        assert list(row["simply"]) == list(PREPARATIONS)
        assert "refused" not in row
    assert drawn["simply"]["resized"]["share"] < 1  # black on white, as many demos leave it
    assert (both["kind"], both["images"], both["accuracy"]["of"]) == (None, 8, 8)


def test_several_folders_are_reported_apart_and_together(folder, tmp_path, capsys):
    other = tmp_path / "other"
    other.mkdir()
    examples()["Bag, drawn"].save(other / "bag.png")
    write(other, [["bag.png", 0, "drawn", "example"], ["bag.png", "", "none", "bag"]])
    rows = rows_of(capsys, folder, other, "--without", "photo")
    told = {(row["folder"], row["kind"]): row for row in rows}
    assert (
        len(rows) == len(told) == 3 + 1 + 3
    )  # each kind where it is, and in both folders together
    assert all("simply" not in row for row in rows)
    assert told["other", "drawn"]["accuracy"]["share"] == 0
    assert told[None, "drawn"]["accuracy"]["share"] == 0.8
    assert told[None, "drawn"]["confusion"][0][8] == 1
    assert told["other", "none"]["refused"]["of"] == 1
    assert told[None, None]["images"] == 6
    assert main(["benchmark", "pictures", str(folder), str(folder)]) == 1
    assert tells(capsys.readouterr().err, "twice")


def test_tables_show_what_each_class_is_taken_for_with_any_model(folder, capsys):
    with open(folder / "labels.csv", "a") as file:
        file.write('"Bag, drawn.png",0,drawn,example\n')
    options = ["--model", "mlp-256", "--without", "photo"]
    assert main(["benchmark", "pictures", str(folder), *options]) == 0
    printed = capsys.readouterr().out
    assert f"drawn, example ({folder.name})" in printed
    assert "too few to choose by" in printed
    assert "I can't tell" in printed
    table = printed[printed.index("Correct by class: drawn") :]
    line = next(each for each in table.splitlines() if "T-shirt/top" in each)
    assert "of 2 " in line
    assert "taken for" in line


def test_an_image_that_cannot_be_read_counts_as_wrong_and_has_no_part_in_the_calibration(
    folder, capsys
):
    lines = (folder / "labels.csv").read_text().splitlines()
    drawings = [line for line in lines if "photo" not in line and "Bag" not in line]
    (folder / "labels.csv").write_text("\n".join(drawings))
    sound, _ = rows_of(capsys, folder)
    (folder / "Bag, drawn.png").write_bytes(b"")
    (folder / "labels.csv").write_text("\n".join([*drawings, '"Bag, drawn.png",8,drawn,example']))
    row, _ = rows_of(capsys, folder)
    assert (row["images"], row["accuracy"]["share"]) == (4, 0.75)
    assert row["calibration_error"] == sound["calibration_error"]
    (folder / "labels.csv").write_text("\n".join([drawings[0], '"Bag, drawn.png",8,drawn,example']))
    row, _ = rows_of(capsys, folder)
    assert "calibration_error" not in row


def test_of_an_image_of_no_class_only_the_doubt_is_measured(tmp_path, capsys):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40), np.uint8)
    Image.fromarray(noise).resize((320, 320), 0).save(tmp_path / "noise.png")
    write(tmp_path, [["noise.png", "", "none", "noise"]])
    row, _ = rows_of(capsys, tmp_path)
    assert (row["images"], row["refused"]["share"], row["wrongly_sure"]["share"]) == (1, 1, 0)
    assert "accuracy" not in row


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


@pytest.mark.parametrize("name", PREPARATIONS)
def test_every_preparation_gives_what_a_network_takes(name):
    for image in examples().values():
        pixels = PREPARATIONS[name](image, FORM)
        assert pixels.shape == (28, 28)
        assert pixels.dtype == np.uint8


def test_the_papers_steps_bring_a_shop_photo_back_to_the_data_sets_form():
    pixels = fashion_mnist.load("test")[0][2]
    photo = Image.fromarray(255 - pixels).resize((280, 280), Image.Resampling.NEAREST)
    again = PREPARATIONS["the paper's seven steps"](photo.convert("RGB"), FORM)
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
    row, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert np.shape(row["confusion"]) == (3, 3)
    assert row["accuracy"]["share"] > 0.8
    write(tmp_path, [["0.png", 3, "made", "square"]])
    assert main(["benchmark", "pictures", str(tmp_path), "--model", own.name]) == 1
    assert tells(capsys.readouterr().err, "line 2", "0 to 2")
