"""Predicting images at the shell."""

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
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{trouser}: I am sure: Trouser (")
    assert first.endswith("%).")
    assert second.startswith(f"{tmp_path / 'empty.png'}: The file is empty; expected PNG, ")
    assert done.returncode == 1


def test_predict_asks_the_model_that_was_named(trouser, tiny, refusal, capfd):
    answers = []
    for model in ([], ["--model", registry.DEFAULT], ["--model", "tiny-1"]):
        assert main(["predict", "--json", *model, str(trouser)]) == 0
        answers.append(json.loads(capfd.readouterr().out)["probabilities"])
    assert answers[0] == answers[1] != answers[2]
    assert "no run 'nobody'" in refusal("predict", "--model", "nobody", trouser)


def test_of_a_folder_every_image_is_predicted(trouser, tmp_path, capsys):
    (folder := tmp_path / "folder").mkdir()
    for name in ("b.png", "a.JFIF", "notes.txt", ".hidden.png"):
        shutil.copy(trouser, folder / name)
    assert main(["predict", "--json", str(folder)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["file"] for row in rows] == [str(folder / name) for name in ("a.JFIF", "b.png")]
    assert rows[0]["label"] == "Trouser"
