"""Evaluating runs and model files at the shell, on the test images and on others."""

import json
import os

import numpy as np
import pytest

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.runs import listing

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence, tells
from ..data_inputs import IMAGES, LABELS, PIXEL_NAMES, cells, write

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_evaluate_a_run_gives_one_json_object(tiny, call):
    done = call("evaluate", "--json", "tiny-1")
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert list(row) == ["model", "accuracy", "loss", "images", "assumptions"]
    assert (row["model"], row["images"]) == ("tiny-1", 10_000)
    assert row["accuracy"] == pytest.approx(tiny.result["test_accuracy"], abs=2e-4)
    assert row["loss"] == pytest.approx(tiny.result["test_loss"], rel=1e-4)


def test_evaluate_a_keras_file_gives_the_same_and_says_how_it_was_given_its_pixels(tiny, call):
    done = call("evaluate", "--json", tiny.path / "model.keras", "--preprocessing", "0-255")
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert row["accuracy"] == pytest.approx(tiny.result["test_accuracy"], abs=2e-4)
    assert row["loss"] == pytest.approx(tiny.result["test_loss"], rel=1e-3)
    assert row["preprocessing"] == {"name": "0-255", "given": True}
    assert "doubt" not in row


def test_evaluate_a_run_anywhere_by_its_directory(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path))  # where it is not
    assert main(["evaluate", str(tiny.path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accuracy"] == pytest.approx(tiny.result["test_accuracy"], abs=0.001)


def test_evaluate_without_json_is_a_sentence(call):
    done = call("evaluate", "mlp-256")
    result = listing.find("mlp-256").result
    scores, interval = done.stdout.splitlines()
    assert scores == (
        f"Final scores on 10,000 test images: loss {result['test_loss']:.4f}, "
        f"accuracy {result['test_accuracy']:.2%}"
    )
    assert tells(interval, "88.42%", "89.65%")


def test_evaluate_says_in_one_sentence_why_a_run_has_no_model(running, failed, broken, refusal):
    assert tells(refusal("evaluate", "tiny-running"), "tiny-running", "running")
    assert tells(refusal("evaluate", "tiny-failed"), "tiny-failed", "failed")
    assert tells(refusal("evaluate", "broken"), "broken")
    assert tells(refusal("evaluate", "nothing"), "'nothing'", "augmented-cnn")


def test_evaluate_a_file_that_is_no_model_is_one_sentence(tmp_path, capsys):
    (tmp_path / "bad.keras").write_text("no model")
    for name in ("bad.keras", "missing.keras", "missing.h5"):
        assert main(["evaluate", str(tmp_path / name)]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"fmnist: {tmp_path / name} is ")
        assert in_one_sentence(printed.err)


def test_evaluate_on_the_pictures_of_a_csv_file(tmp_path, call):
    images, labels = (array[:30] for array in fashion_mnist.load("test"))
    rows = np.column_stack([labels, images.reshape(30, 784)])
    path = tmp_path / "für mich.csv"
    np.savetxt(path, rows, fmt="%d", delimiter=",")
    ascii_alone = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = fmnist("evaluate", "mlp-256", "--data", path, env=os.environ | ascii_alone)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Final scores on 30 images of {path}: loss ")
    assert "The label was taken from column 1." in done.stdout
    row = json.loads(call("evaluate", "mlp-256", "--json", "--data", fashion_mnist.FOLDER).stdout)
    assert (row["images"], row["assumptions"]) == (10_000, [])
    assert row["accuracy"] == pytest.approx(
        listing.find("mlp-256").result["test_accuracy"], abs=2e-4
    )


def test_predict_takes_a_table_and_predicts_each_of_its_images(tmp_path, capsys):
    path = write(tmp_path / "id.csv", [["id", *PIXEL_NAMES], *cells(255 - IMAGES, range(7, 67))])
    assert main(["predict", "--json", str(path)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["image"], row["id"]) for row in rows[:2]] == [(1, "7"), (2, "8")]
    assert np.mean([row["index"] for row in rows] == LABELS) > 0.8
    assert rows[0]["assumptions"] == ["The images are dark on light; they were inverted."]
    assert main(["predict", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 60 + 1  # what was assumed, the images, a summary
    assert "they were inverted" in lines[0]
    assert lines[1].startswith(f"{path}, image 1 (id 7): ")


def test_evaluate_on_data_that_cannot_be_read_is_one_sentence(tmp_path, refusal):
    (tmp_path / "some.csv").write_text("1,2,3")
    said = refusal("evaluate", "mlp-256", "--data", tmp_path / "some.csv")
    assert tells(said, "3 columns", "785")
    images = write(tmp_path / "id.csv", [["id", *PIXEL_NAMES], *cells(labels=range(60))])
    assert "has no labels to compare with: column 1 (id)" in refusal(
        "evaluate", "mlp-256", "--data", images
    )
    assert "No such file" in refusal("evaluate", "mlp-256", "--data", tmp_path / "other.csv")


def test_evaluate_takes_a_preprocessing_for_files_alone(refusal, call):
    said = refusal("evaluate", "mlp-256", "--preprocessing", "0-1")
    assert "--preprocessing is for model files" in said
    assert call("evaluate", "mlp-256", "--preprocessing", "0-2").returncode == 2


def test_a_run_whose_model_file_is_damaged_is_one_sentence(tiny, trouser):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    for arguments in (["evaluate", "tiny-1"], ["predict", "--model", "tiny-1", trouser]):
        done = fmnist(*arguments)  # in a process of its own: LiteRT must not have its say
        assert (done.returncode, done.stdout) == (1, "")
        assert in_one_sentence(done.stderr)
        assert "model.tflite" in done.stderr
