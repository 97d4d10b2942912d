"""Trainings on own data sets: in colour, of a few images, removed meanwhile."""

import numpy as np
import pytest

from fmnist.cli.commands import main
from fmnist.data import library
from fmnist.data.dataset import DatasetError, Form
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import creation, queue
from fmnist.runs.files import RunError
from fmnist.training import trainer

from ..conftest import KERAS_NOISE, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

COLOURS = {"red": (255, 60, 60), "green": (60, 255, 60), "blue": (60, 60, 255), "grey": (125,) * 3}


def coloured(count: int, side: int, colour: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Squares and stripes at random places: what class they are, their colour alone tells."""
    rng, labels = np.random.default_rng(count), np.arange(count, dtype=np.uint8) % len(COLOURS)
    images = np.zeros((count, side, side, 3), np.uint8)
    for image, label in zip(images, labels, strict=True):
        height, width = rng.integers(side // 4, side // 2, 2)
        top, left = rng.integers(0, side // 2, 2)
        paint = np.array(list(COLOURS.values())[label])
        image[top : top + height, left : left + width] = paint * rng.uniform(0.5, 1)
    return (images if colour else images.mean(axis=-1).astype(np.uint8)), labels


def add(name: str, count: int, side: int = 32, colour: bool = True) -> None:
    splits = {"train": coloured(count, side, colour), "test": coloured(200, side, colour)}
    library.add(name, tuple(COLOURS), Form(side, colour), splits)


@pytest.mark.slow
def test_a_network_learns_what_colour_alone_tells_and_a_grey_one_cannot():
    add("colour", 800)
    add("grey", 800, colour=False)
    settings = {"epochs": 6, "augmentation": ("flip", "shift"), "validation_split": 0.0}
    found = {}
    for name in ("colour", "grey"):
        run = creation.create(registry.find("sprint").changed(data=name, **settings))
        trainer.train(run)
        found[name] = run.result["test_accuracy"]
        assert run.predictions()[0].shape == (200, 4)
        keys = {key for row in (run.result, *run.metrics()) for key in row}
        assert not [key for key in keys if key.startswith("validation")]
    assert found["colour"] > 0.99
    assert found["grey"] < 0.35  # guessing among four


@pytest.mark.parametrize("count", [8, 40])
def test_a_few_images_are_enough_to_train_without_an_error(count):
    add("few", count, side=28)
    everything = {
        "augmentation": ("flip", "flip-vertical", "shift", "affine", "erase"),
        "mix": "fmix",
        "calibrate": True,
        "flip_tta": True,
        "quantize": True,
        "schedule": "reduce-on-plateau",
        "restore_best_weights": True,
        "label_smoothing": 0.1,
        "ema_momentum": 0.9,
    }
    run = creation.create(registry.find("tiny").changed(data="few", **everything))
    trainer.train(run)
    assert run.state == "finished"
    assert run.problem is None
    assert ("validation_accuracy" in run.result) == (count * 0.2 >= 1)


def test_a_data_set_that_is_removed_meanwhile_does_no_harm_to_the_training(monkeypatch):
    add("soon-gone", 200)
    run = creation.create(registry.find("tiny").changed(data="soon-gone", epochs=2))
    fit = trainer.fit

    def remove_and_fit(*arguments):
        library.remove("soon-gone")
        fit(*arguments)

    monkeypatch.setattr(trainer, "fit", remove_and_fit)
    trainer.train(run)
    assert run.state == "finished"
    assert run.dataset.class_names == tuple(COLOURS)


def test_without_its_data_set_a_run_cannot_be_resumed_and_keeps_its_model():
    add("gone", 200)
    run = creation.create(registry.find("tiny").changed(data="gone"))
    queue.request_stop(run)
    trainer.train(run)
    assert run.state == "stopped"
    library.remove("gone")
    for _ in range(2):
        with pytest.raises(RunError) as error:
            launcher.prepare_resume(run)
        assert in_one_sentence(str(error.value))
        assert "gone" in str(error.value)
        assert run.state == "stopped"
        if "gone" not in [known.name for known in library.listing()]:
            add("gone", 204)  # another one of that name is no better
    with pytest.raises(DatasetError):
        run.dataset.load("train")


def test_a_model_of_an_own_data_set_is_exported_like_any_other(home):
    add("colour", 60)
    run = creation.create(registry.find("tiny").changed(data="colour", epochs=1))
    trainer.train(run)
    (run.path / "model.tflite").unlink()
    assert main(["complete", run.name]) == 0
    assert run.usable
