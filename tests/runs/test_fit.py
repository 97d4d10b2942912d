"""A recipe meets a data set: the values that it has there, and what does not suit it."""

import numpy as np
import pytest

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet, Form
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import fit, listing
from fmnist.runs.files import RunError

from ..conftest import KERAS_NOISE, tells

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

ARROWS = ("left", "right", "up", "down")


def arrows(names: tuple[str, ...] = ARROWS, count: int = 200, side: int = 28) -> DataSet:
    """A data set of arrows at random places; mirrored, one to the left is one to the right."""
    rng = np.random.default_rng(0)
    labels = np.arange(count, dtype=np.uint8) % 4
    images = np.zeros((count, side, side), np.uint8)
    for image, label in zip(images, labels, strict=True):
        mark = np.zeros((9, 9), np.uint8)
        for step in range(5):
            mark[4 - step : 5 + step, step] = 200  # a triangle to the left
        turned = {0: mark, 1: mark[:, ::-1], 2: mark.T, 3: mark.T[::-1]}[int(label)]
        top, left = rng.integers(side // 2 - 6, side // 2 - 2, 2)
        image[top : top + 9, left : left + 9] = turned
    return library.add(
        "arrows", names, Form(side), {"train": (images, labels), "test": (images, labels)}
    )


def test_a_recipe_is_for_fashion_mnist_as_it_stands():
    for recipe in registry.RECIPES.values():
        assert fit.suited(recipe, fashion_mnist.DATASET) == recipe


def test_on_fewer_images_a_recipe_has_more_epochs_and_fewer_steps():
    dataset, sprint = arrows(), registry.find("sprint")
    found = fit.suited(sprint, dataset)
    assert found.data == "arrows"
    assert 1 < found.epochs / sprint.epochs < 60_000 / dataset.training_images


def test_where_a_mirror_image_is_of_another_class_none_is_shown():
    found = fit.suited(registry.find("sprint"), arrows())
    assert found.augmentation == ("shift",)
    assert not found.flip_tta
    assert found.learning_rate == registry.find("sprint").learning_rate


def test_where_mirror_images_are_alike_they_are_shown():
    images = np.zeros((80, 28, 28), np.uint8)
    labels = np.arange(80, dtype=np.uint8) % 2
    images[labels == 0, 4:8, 3:25] = 200  # a bar, above or below
    images[labels == 1, 20:24, 3:25] = 200
    splits = {"train": (images, labels), "test": (images, labels)}
    found = fit.suited(
        registry.find("augmented-cnn"), library.add("bars", ("high", "low"), Form(28), splits)
    )
    assert found.augmentation == ("flip", "shift", "affine")


def test_what_somebody_has_changed_stays():
    own = registry.find("sprint").changed(epochs=7, augmentation=["flip", "erase"])
    found = fit.suited(own, arrows())
    assert (found.epochs, found.augmentation) == (7, ("flip", "erase"))
    assert not found.flip_tta
    assert fit.suited(found, fashion_mnist.DATASET) == own


def test_the_everyday_recipe_can_be_used_without_what_only_garments_need():
    found = fit.suited(registry.find("everyday"), arrows())
    assert found.augmentation == ("shift",)
    assert found.ensemble_member is None
    parents = {"teachers": (), "ensemble_member": None, "pretrained": "marathon"}
    student = fit.suited(registry.find("student"), library.find("arrows"))
    assert {name: getattr(student, name) for name in parents} == parents


def test_garments_are_drawn_from_images_of_garments_alone(home):
    arrows()
    recipe = registry.find("tiny").changed(augmentation=["sketch-photo"], data="arrows")
    with pytest.raises(RunError) as error:
        launcher.create(recipe)
    assert tells(str(error.value), "sketch-photo", "arrows", "fashion-mnist")


def test_at_the_shell_a_run_is_trained_further_by_its_name_alone(home, capsys, signals):
    arrows()
    command = ["train", "--pretrained", "sprint", "--data", "arrows", "--epochs", "2"]
    assert main([*command, "--batch-size", "20", "--validation-split", "0"]) == 0
    printed = capsys.readouterr().out
    assert "augmentation shift" in printed
    assert "began with new weights" in printed
    (run,) = home.glob("sprint-*")
    recipe = listing.named(run.name).recipe
    assert (recipe.pretrained, recipe.data, recipe.epochs) == ("sprint", "arrows", 2)
    assert recipe.learning_rate < registry.find("sprint").learning_rate
