"""How fast this machine trains is measured once."""

import pytest

from fmnist.data.fashion_mnist import DATASET
from fmnist.recipes import registry
from fmnist.runs import estimate, speed
from fmnist.training import probe


@pytest.fixture(scope="module")
def this_machine():
    return probe.measure()


def test_each_recipe_has_a_time_on_a_fresh_home_once_the_machine_was_measured(this_machine):
    speed.write(this_machine)
    known = estimate.paces()
    for recipe in registry.RECIPES.values():
        assert estimate.of(recipe, DATASET, known).here, recipe.name


def test_a_machine_is_measured_once_and_again_where_the_file_is_damaged(home, this_machine):
    speed.write(this_machine)
    (file,) = (home / speed.FOLDER).iterdir()
    before = file.stat()
    probe.measure_once()
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    file.write_text("{")
    probe.measure_once()
    assert speed.read()


def test_nothing_is_measured_beside_a_training(make_run):
    make_run("one")
    probe.measure_once()
    assert speed.read() is None


def test_what_was_counted_explains_what_was_measured(this_machine):
    """More layers take longer; a network of many weights costs more in small batches."""
    seconds = this_machine.seconds
    assert min(seconds) >= 0
    assert seconds.convolution > 0
    assert this_machine.augmentations["sketch-photo"] > this_machine.augmentations["flip"]
