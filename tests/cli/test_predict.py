"""Predicting images at the shell."""

import csv
import json
import shutil

import pytest

from fmnist.cli.commands import main
from fmnist.data.labels import CLASS_NAMES
from fmnist.recipes import registry

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_predict_gives_one_json_object_a_picture(trouser):
    done = fmnist("predict", "--json", trouser, trouser)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0] == rows[1]
    assert list(rows[0])[:5] == ["file", "label", "index", "confidence", "probabilities"]
    assert rows[0]["unsure"] is False
    assert rows[0]["file"] == str(trouser)
    assert (rows[0]["label"], rows[0]["index"]) == ("Trouser", 1)
    assert len(rows[0]["probabilities"]) == len(CLASS_NAMES)
    assert sum(rows[0]["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert rows[0]["confidence"] == max(rows[0]["probabilities"])


def test_a_bad_picture_among_good_ones_has_its_own_line_and_the_others_go_on(
    trouser, tmp_path, call
):
    (tmp_path / "list.png").write_text("eggs, milk")
    files = [trouser, tmp_path / "list.png", tmp_path / "nowhere.jpg", trouser]
    done = call("predict", "--json", *files)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["file"] for row in rows] == [str(path) for path in files]
    assert [set(row) for row in rows[1:3]] == [{"file", "error"}] * 2
    assert rows[0] == rows[3]
    assert rows[0]["label"] == "Trouser"
    assert all(in_one_sentence(row["error"]) for row in rows[1:3])


def test_predict_without_json_is_a_sentence_a_picture(trouser, tmp_path, call):
    (tmp_path / "empty.png").touch()
    done = call("predict", trouser, tmp_path / "empty.png")
    first, second, last = done.stdout.splitlines()
    assert first.startswith(f"{trouser}: I am sure: Trouser (")
    assert first.endswith("%).")
    assert second.startswith(f"{tmp_path / 'empty.png'}: The file is empty; expected PNG, ")
    assert last == "2 images: 1 sure, 1 not read."
    assert done.returncode == 1


def test_predict_asks_the_model_that_was_named(trouser, tiny, refusal, capfd):
    answers = []
    for model in ([], ["--model", registry.DEFAULT], ["--model", "tiny-1"]):
        assert main(["predict", "--json", *model, str(trouser)]) == 0
        answers.append(json.loads(capfd.readouterr().out)["probabilities"])
    assert answers[0] == answers[1] != answers[2]
    assert "no run 'nobody'" in refusal("predict", "--model", "nobody", trouser)


def test_of_a_folder_or_zip_every_image_is_predicted(trouser, tmp_path, call):
    (folder := tmp_path / "folder" / "more").mkdir(parents=True)
    for name in ("b.png", "a.JFIF", "notes.txt", ".hidden.png"):
        shutil.copy(trouser, folder / name)
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", folder.parent)
    for path in (folder.parent, tmp_path / archive):
        done = call("predict", "--json", path)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert [row["file"] for row in rows] == [
            str(path / "more" / name) for name in ("a.JFIF", "b.png")
        ]
        assert rows[0]["label"] == "Trouser"


def test_a_table_has_what_is_printed_and_what_is_labelled_is_compared(trouser, tmp_path, call):
    for folder, name in (("Trouser", "a.png"), ("Bag", "b.png"), ("12", "c.png")):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        shutil.copy(trouser, tmp_path / "photos" / folder / name)
    (tmp_path / "photos" / "Bag" / "cut.png").write_bytes(trouser.read_bytes()[:300])
    (tmp_path / "photos" / "labels.csv").write_text("file,label\nBag/b.png,1\n")
    out = tmp_path / "out.csv"
    done = call("predict", tmp_path / "photos", "--csv", out)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "4 images: 3 sure, 1 not read. 2 of 2 labelled are correct (100%)."
    )
    with out.open(newline="") as file:
        rows = {row["file"].rpartition("/")[2]: row for row in csv.DictReader(file)}
    assert {name: row["true_label"] for name, row in rows.items()} == {
        "a.png": "Trouser",
        "b.png": "Trouser",  # labels.csv counts before the folder
        "c.png": "",
        "cut.png": "Bag",
    }
    assert rows["a.png"]["certainty"] == "sure"
    assert rows["a.png"]["confidence"] == rows["a.png"]["Trouser"]
    assert "damaged" in rows["cut.png"]["error"]


def test_a_table_is_written_over_an_earlier_one_and_over_nothing_else(trouser, tmp_path, refusal):
    labels = tmp_path / "labels.csv"
    labels.write_text("file,label\ntrouser.png,1\n")
    for path in (trouser, labels):
        before = path.read_bytes()
        assert "ends in .csv" in refusal("predict", "--csv", path, trouser)
        assert path.read_bytes() == before
    for _ in "ab":
        assert main(["predict", "--csv", str(tmp_path / "out.csv"), str(trouser)]) == 0
