"""Predict and evaluate with a run on an own data set: its classes, its form, its framing."""

import json

import numpy as np
import pytest
from PIL import Image

from fmnist.cli import training_commands
from fmnist.data import library
from fmnist.data.dataset import Form
from fmnist.recipes import registry

from ..conftest import shapes, tells


def photo(path, colour, size=(300, 200)):
    """A large square of a colour on a grey wall, as a file."""
    image = Image.new("RGB", size, (130, 130, 130))
    image.paste(colour, (90, 40, 210, 160))
    image.save(path)
    return path


def test_a_photo_of_any_size_gets_the_classes_of_the_runs_data_set(own, call, tmp_path):
    files = [photo(tmp_path / "a.png", (230, 0, 0)), photo(tmp_path / "b.png", (0, 0, 230))]
    rows = [
        json.loads(line)
        for line in call("predict", "--json", *files, "--model", own.name).stdout.splitlines()
    ]
    assert [row["label"] for row in rows] == ["red", "🟦"]
    assert all(len(row["probabilities"]) == 3 for row in rows)
    assert all(row["kind"] == "whole" for row in rows)


def test_it_is_evaluated_on_its_own_test_set(own, call):
    found = json.loads(call("evaluate", own.name, "--json").stdout)
    assert found["images"] == 60
    assert found["accuracy"] == own.figures["test_accuracy"] > 0.9
    assert "60 test images" in call("evaluate", own.name).stdout


def test_it_is_evaluated_on_a_folder_and_on_another_data_set_with_its_classes(own, call, tmp_path):
    dataset = own.dataset
    images, labels = shapes(30, seed=2)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "new" / dataset.class_names[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"no image")
    found = json.loads(call("evaluate", own.name, "--data", tmp_path / "new", "--json").stdout)
    assert (found["images"], len(found["assumptions"])) == (30, 1)
    assert "broken.png" in found["assumptions"][0]
    turned = tuple(reversed(dataset.class_names))  # the same classes with other labels
    library.add(
        "turned",
        turned,
        dataset.form,
        {"train": (images, 2 - labels), "test": (images, 2 - labels)},
    )
    again = json.loads(call("evaluate", own.name, "--data", "turned", "--json").stdout)
    assert (again["images"], again["accuracy"]) == (30, found["accuracy"])


def test_what_does_not_fit_is_one_sentence(own, refusal, call, tmp_path):
    folder = tmp_path / "other" / "hexagon"
    folder.mkdir(parents=True)
    photo(folder / "a.png", (0, 200, 0))
    assert tells(refusal("evaluate", own.name, "--data", folder.parent), "hexagon", "red")
    assert tells(refusal("evaluate", own.name, "--data", "fashion-mnist"), "28 x 28", "48 x 48")
    assert tells(refusal("evaluate", "everyday", "--data", "shapes"), "28 x 28", "48 x 48")
    grey = np.zeros((20, 28, 28), np.uint8), np.arange(20, dtype=np.uint8) % 2
    library.add("digits", ("zero", "one"), Form(28), {"train": grey, "test": grey})
    assert tells(refusal("evaluate", "everyday", "--data", "digits"), "zero", "T-shirt/top")
    table = tmp_path / "table.csv"
    table.write_text(",".join(["0"] * 785) + "\n")
    assert tells(refusal("evaluate", own.name, "--data", table), "table.csv", "28 x 28", "48 x 48")
    done = call("predict", table, "--model", own.name)
    assert done.returncode == 1
    assert tells(done.stdout, "table.csv", "48 x 48")


@pytest.mark.parametrize("damage", ["gone", "replaced"])
def test_after_its_data_set_is_gone_the_run_predicts_and_says_what_is_missing_once(
    own, call, refusal, tmp_path, damage
):
    library.remove("shapes")
    if damage == "replaced":
        images, labels = shapes(12, seed=3)
        library.add(
            "shapes",
            own.dataset.class_names,
            own.dataset.form,
            {"train": (images, labels), "test": (images, labels)},
        )
    files = [photo(tmp_path / f"{name}.png", (230, 0, 0)) for name in "abc"]
    done = call("predict", *files, "--model", own.name)
    assert done.returncode == 0
    assert done.stdout.count("red") == 3
    assert tells(done.stderr, "shapes", "training images")
    before = (own.path / "model.tflite").stat().st_mtime_ns
    for command in ("evaluate", "complete", "precompute"):
        assert "shapes" in refusal(command, own.name)
    assert (own.path / "model.tflite").stat().st_mtime_ns == before


def test_what_suits_the_data_set_is_printed_unless_it_was_given(own, capsys):
    suited = training_commands._chosen("sprint", {"data": "shapes"})
    assert (
        f"epochs {suited.epochs} (not {registry.find('sprint').epochs})" in capsys.readouterr().out
    )
    chosen = training_commands._chosen("sprint", {"data": "shapes", "epochs": 7})
    assert chosen.epochs == 7
    assert "epochs" not in capsys.readouterr().out
