"""Settings that are changed while a run trains: who may change what, how it is kept, what is said of it."""

import io
import json
import threading
import zipfile

import filelock
import pytest

from fmnist.recipes.fields import RecipeError, live_settings_of
from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes, manage, remarks, table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import disk_is_full_for, in_one_sentence

RATE = {"field": "learning_rate", "value": 0.02, "asked_at": 1.0}


def write(run: Run, *made: dict) -> None:
    (run.path / "changes.json").write_text(json.dumps(made))


def test_learning_rate_and_augmentation_can_be_changed():
    assert {"learning_rate", "augmentation", "mix"} <= live_settings_of(Recipe).keys()
    assert not {"epochs", "batch_size", "seed", "data"} & live_settings_of(Recipe).keys()


def test_what_is_asked_for_waits_until_the_worker_gives_it_a_place(running):
    changes.request(running, {"learning_rate": 0.02, "augmentation": ["flip"], "mix": None})
    rate, augmentation = changes.asked(running)  # and no mix, as before
    assert "epoch" not in rate
    assert changes.settings_in_words(running)["Learning rate"] == "0.003"
    placed = changes.place(running, 1.25, 12, [])
    assert (
        placed
        == changes.read(running)
        == [
            {**rate, "epoch": 1.25, "batch": 12},
            {**augmentation, "epoch": 1.25, "batch": 12},
        ]
    )
    assert changes.place(running, 1.5, 24, placed) == []
    assert changes.now(running) == running.recipe.changed(learning_rate=0.02, augmentation=["flip"])
    assert running.recipe.learning_rate == 0.003
    said = changes.settings_in_words(running)
    assert said["Learning rate"] == "0.003, then 0.02 from epoch 1.25"
    assert said["Augmentation"] == "none; then flip from epoch 1.25"
    assert table.row(running)["changes"] == placed


def test_places_given_on_another_machine_are_noted_and_what_was_asked_for_since_stays(running):
    changes.request(running, {"learning_rate": 0.02})
    (sent,) = changes.asked(running)
    changes.request(running, {"learning_rate": 0.05})
    changes.take_places(running, [{**sent, "epoch": 1.0, "batch": 4}])
    placed, new = changes.asked(running)
    assert placed == {**sent, "epoch": 1.0, "batch": 4}
    assert (new["value"], "epoch" in new) == (0.05, False)


@pytest.mark.parametrize(
    ("wanted", "facts"),
    [
        ({"learning_rate": 0.0}, ["Learning rate", "above 0", "0.0"]),
        ({"learning_rate": "fast"}, ["Learning rate", "'fast'"]),
        ({"augmentation": ["blur"]}, ["Augmentation", "flip", "blur"]),
        ({"epochs": 9}, ["epochs", "learning_rate", "mix"]),
        ({"__class__": 9}, ["__class__", "learning_rate"]),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(running, wanted, facts):
    with pytest.raises(RecipeError) as error:
        changes.request(running, {"mix": "fmix"} | wanted)
    assert in_one_sentence(str(error.value))
    assert all(fact in str(error.value) for fact in facts)
    assert changes.asked(running) == []


def test_what_is_made_for_garments_is_refused_for_other_images(own):
    RunWriter(own).set_result_aside()
    RunWriter(own).update_status(state="queued", updated_at=9e9)
    with pytest.raises(RecipeError, match="shapes has other images"):
        changes.request(own, {"augmentation": ["sketch-photo"]})


def test_a_run_that_does_not_train_keeps_its_settings(tiny, stopped, failed, interrupted, broken):
    for run in (tiny, stopped, failed, interrupted, broken):
        with pytest.raises(RunError, match=run.state) as error:
            changes.request(run, {"learning_rate": 0.02})
        assert in_one_sentence(str(error.value))
        assert not (run.path / "changes.json").exists()


def test_the_same_value_again_is_no_change(running):
    changes.request(running, {"learning_rate": 0.02})
    with pytest.raises(RunError, match="already"):
        changes.request(running, {"learning_rate": 0.02})
    assert len(changes.asked(running)) == 1


def test_of_two_at_once_both_are_kept(running):
    barrier = threading.Barrier(2)

    def ask(**wanted):
        barrier.wait()
        changes.request(running, wanted)

    both = [
        threading.Thread(target=ask, kwargs=each)
        for each in ({"mix": "fmix"}, {"learning_rate": 0.1})
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert {each["field"] for each in changes.asked(running)} == {"mix", "learning_rate"}


def test_a_writer_that_hangs_is_one_sentence(running, monkeypatch):
    monkeypatch.setattr(changes, "PATIENCE", 0.05)
    with (
        filelock.FileLock(running.path / ".changes.lock"),
        pytest.raises(RunError, match="try again"),
    ):
        changes.request(running, {"mix": "fmix"})


def test_a_change_that_was_never_in_effect_after_an_epoch_was_repeated_is_not_told(running):
    write(
        running, RATE | {"epoch": 2.5, "batch": 40}, RATE | {"value": 0.5, "epoch": 2.0, "batch": 0}
    )
    assert changes.settings_in_words(running)["Learning rate"] == "0.003, then 0.5 from epoch 2"


DAMAGED = {
    "cut short": b'[{"field": "learning_rate", "val',
    "emptied": b"",
    "noise": bytes(range(256)) * 40,
    "huge": b"[" + b"1," * 600_000,
    "another field": json.dumps([RATE | {"field": "epochs"}]).encode(),
    "another value": json.dumps([RATE | {"value": -1}]).encode(),
    "half a place": json.dumps([RATE | {"epoch": 2.0}]).encode(),
    "another kind": b'{"learning_rate": 0.1}',
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_file_is_one_sentence_and_the_run_is_as_it_was(running, how):
    (running.path / "changes.json").write_bytes(DAMAGED[how])
    assert running.state == "running"
    sentence = remarks.remark(running, "running")
    assert in_one_sentence(sentence)
    assert "changes.json" in sentence
    assert changes.settings_in_words(running)["Learning rate"] == "0.003"
    assert table.row(running)["error"] == sentence
    with pytest.raises(RunError, match=r"changes\.json"):
        changes.request(running, {"learning_rate": 0.02})


def test_a_full_disk_is_one_sentence_and_what_was_asked_for_before_stays(running):
    changes.request(running, {"learning_rate": 0.02})
    disk_is_full_for(running.path / "changes.json")
    with pytest.raises(RunError, match="No space left") as error:
        changes.request(running, {"mix": "fmix"})
    assert in_one_sentence(str(error.value))
    assert [each["field"] for each in changes.asked(running)] == ["learning_rate"]


def test_a_folder_in_its_place_is_one_sentence(running):
    (running.path / "changes.json").mkdir()
    assert in_one_sentence(remarks.remark(running, "running"))


@pytest.fixture
def changed(tiny) -> Run:
    """A finished run whose learning rate was changed when it trained."""
    content = json.loads((tiny.path / "result.json").read_text())
    content["changes"] = [RATE | {"epoch": 1.5, "batch": 37}]
    (tiny.path / "result.json").write_text(json.dumps(content))
    return tiny


def test_a_finished_run_tells_it_by_its_result(changed):
    assert changes.settings_in_words(changed)["Learning rate"] == "0.003, then 0.02 from epoch 1.5"
    assert table.row(changed)["changes"] == changes.read(changed)
    assert table.difference(changed.recipe.changed(), changed.result) is None
    file = io.BytesIO()
    manage.write_archive(changed, file)
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("tiny-1/result.json"))["changes"][0]["value"] == 0.02


def test_a_value_in_the_result_that_cannot_be_is_one_sentence(changed):
    content = changed.result
    content["changes"][0]["value"] = "fast"
    (changed.path / "result.json").write_text(json.dumps(content))
    assert changed.usable
    sentence = remarks.remark(changed, changed.state)
    assert in_one_sentence(sentence)
    assert "result.json" in sentence
    assert "changes" not in table.row(changed)


def test_an_archive_of_a_run_without_a_result_has_its_changes(running):
    changes.request(running, {"mix": "fmix"})
    file = io.BytesIO()
    manage.write_archive(running, file)
    with zipfile.ZipFile(file) as archive:
        assert "tiny-running/changes.json" in archive.namelist()
