"""Settings that are changed while a run trains: from when on they have effect, and that a training can be repeated."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from fmnist.runs import changes, creation, queue
from fmnist.runs.run import Run
from fmnist.training import reporter, trainer
from fmnist.training.live import LiveSettings
from fmnist.training.schedules import Plateau

from ..conftest import KERAS_NOISE, in_one_sentence
from .conftest import SMALL

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

QUICK = SMALL.changed(epochs=3, optimizer="sgd", learning_rate=0.05)
CHANGES = [
    {"field": "learning_rate", "value": 0.2, "asked_at": 1.0, "epoch": 0.5, "batch": 4},
    {"field": "augmentation", "value": ["flip"], "asked_at": 2.0, "epoch": 1.25, "batch": 2},
    {"field": "mix", "value": "cutmix", "asked_at": 3.0, "epoch": 2.0, "batch": 0},
]


def run_with(*placed: dict, recipe=QUICK) -> Run:
    """A new run, of which this was changed when it trained for the first time."""
    run = creation.create(recipe)
    (run.path / "changes.json").write_text(json.dumps(placed))
    return run


def train(run: Run) -> list[np.ndarray]:
    """The weights that the run ends with."""
    trainer.train(run)
    with np.load(run.path / "model.weights.npz") as file:
        return list(file.values())


def save_weights(told: reporter.Reporter, network: keras.Model, *about: object) -> None:
    """What takes the place of a finished run: the weights alone, which are all that these tests look at."""
    np.savez(told.run.path / "model.weights.npz", *network.get_weights())


@pytest.fixture(autouse=True)
def only_the_weights(monkeypatch):
    monkeypatch.setattr(trainer, "finish", save_weights)


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Of a training with `CHANGES`, and of one without any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("weights")))
        patch.setattr(trainer, "finish", save_weights)
        return train(run_with(*CHANGES)), train(run_with())


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(*pair) for pair in zip(one, other, strict=True))


def test_the_same_changes_at_the_same_places_end_with_the_same_weights(weights, monkeypatch):
    changed, plain = weights
    monkeypatch.setattr(trainer, "FIRST_CALL", 3)  # calls of other lengths
    assert same(train(run_with(*CHANGES)), changed)
    assert not same(plain, changed)


def test_a_change_while_it_trains_is_recorded_with_its_place_and_repeats_so(weights, monkeypatch):
    run, calls = creation.create(QUICK), []
    monkeypatch.setattr(trainer, "CALL", 0.0)  # a call is one batch
    monkeypatch.setattr(trainer, "FIRST_CALL", 1)
    add = reporter.Reporter.add_batches

    def add_and_change(self, *figures):
        calls.append(self)
        if len(calls) == 5:
            changes.request(run, {"learning_rate": 0.2, "augmentation": ("shift",)})
        add(self, *figures)

    with monkeypatch.context() as patch:
        patch.setattr(reporter.Reporter, "add_batches", add_and_change)
        once = train(run)
    (rate, augmentation) = changes.asked(run)
    assert (rate["value"], augmentation["value"]) == (0.2, ("shift",))
    assert 5 / 8 <= rate["epoch"] == augmentation["epoch"] < 1
    assert not same(once, weights[1])
    assert same(train(run_with(*json.loads((run.path / "changes.json").read_text()))), once)
    assert changes.settings_in_words(run)["Learning rate"].startswith("0.05, then 0.2 from epoch ")


class Killed(Exception):
    """The worker is no more."""


@pytest.mark.slow
def test_a_run_whose_worker_was_killed_continues_as_if_nothing_had_happened(weights, monkeypatch):
    run = run_with(*CHANGES)
    add = reporter.Reporter.add_batches

    def add_or_die(self, batches, *figures):
        if self.epochs_done == 1 and self._step + batches > 4:  # after a change in that epoch
            raise Killed
        add(self, batches, *figures)

    with monkeypatch.context() as patch:
        patch.setattr(reporter.Reporter, "add_batches", add_or_die)
        with pytest.raises(Killed):
            trainer.train(run)
    (run.path / "changes.json").write_text("")  # the checkpoint knows them
    queue.add(run)
    assert same(train(run), weights[0])


def test_a_damaged_file_of_changes_is_one_sentence_and_the_training_goes_on(weights, capsys):
    run = creation.create(QUICK)
    (run.path / "changes.json").write_bytes(b"\x00 noise")
    assert same(train(run), weights[1])
    (sentence,) = (line for line in capsys.readouterr().out.splitlines() if "changes.json" in line)
    assert in_one_sentence(sentence)
    assert "damaged" in sentence


def test_what_the_checkpoint_knows_outlasts_damage_to_the_file():
    run = run_with()
    (run.path / "changes.json").write_text("")
    assert LiveSettings(run, CHANGES).at(2, 0).mix == "cutmix"
    (run.path / "changes.json").unlink()
    assert LiveSettings(run, CHANGES).at(1, 1).learning_rate == 0.2
    assert LiveSettings(run, CHANGES).at(0, 3) == run.recipe
    assert LiveSettings(run, CHANGES).look(2, 1, 8) == []
    assert len(changes.asked(run)) == 3  # it is written again, for those who look at the run


def test_a_new_rate_makes_reduce_on_plateau_forget_its_halvings():
    recipe = dataclasses.replace(QUICK, schedule="reduce-on-plateau", epochs=9)
    run = run_with(CHANGES[0] | {"epoch": 5.5, "batch": 1}, recipe=recipe)
    told = reporter.Reporter(run)
    for loss in (1, 2, 2, 2, 2):
        told.begin_epoch(2)
        told.add_batches(2, 10, loss, 0.5)
        told.end_epoch(reporter.Validation(loss, 0.5), list)
    told.begin_epoch(2)
    assert [told.plateau(batch).factor for batch in (0, 1)] == [0.5, 1]
    told.add_batches(2, 10, 2, 0.5)
    told.end_epoch(reporter.Validation(2, 0.5), list)
    assert told.progress.plateau == Plateau(best_loss=1, epochs_waited=1)


def test_what_diverges_after_a_change_names_the_changed_rate():
    run = run_with(CHANGES[0] | {"value": 7.0, "epoch": 0.5, "batch": 1})
    told = reporter.Reporter(run)
    told.begin_epoch(2)
    told.add_batches(1, 10, 1, 0.5)
    with pytest.raises(reporter.Diverged, match="learning rate 7 is too high"):
        told.add_batches(1, 10, 1e9, 0.1)
