"""About how long a training takes, and whose machine that is said of."""

import dataclasses
import json
import shutil

import msgspec
import pytest

from fmnist.data.fashion_mnist import DATASET
from fmnist.recipes import registry
from fmnist.runs import estimate, speed, workload

SPRINT = registry.find("sprint")


def of(recipe):
    return estimate.of(recipe, DATASET, estimate.paces())


def test_before_anything_is_measured_the_time_is_of_the_machine_that_trained_the_model_that_ships():
    found = of(SPRINT)
    assert (found.here, found.exact) == (False, True)
    assert "another processor" in str(found)
    assert not of(SPRINT.changed(augmentation=("affine",))).exact


def test_a_measured_machine_gives_each_recipe_a_time_of_its_own(measured):
    for recipe in registry.RECIPES.values():
        found = of(recipe)
        assert found.here, recipe.name
        assert "this machine" in str(found)
    slower = msgspec.structs.replace(measured, seconds=measured.seconds.scaled(3))
    before = of(SPRINT).seconds
    speed.write(slower)
    assert of(SPRINT).seconds - estimate.AROUND == pytest.approx(3 * (before - estimate.AROUND), rel=0.05)  # fmt: skip


def test_epochs_images_layers_and_augmentation_change_the_time(measured):
    once = of(SPRINT).seconds
    assert of(SPRINT.changed(epochs=10)).seconds > 1.8 * once
    assert of(SPRINT.changed(training_images=6_000)).seconds < 0.5 * once
    assert of(SPRINT.changed(augmentation=("sketch-photo",))).seconds > once
    own = registry.find("own-layers")
    assert of(own.changed(layers=("conv 64", "conv 64", "pool 2", "flatten"))).seconds > of(own).seconds  # fmt: skip
    assert of(SPRINT.changed(teachers=("quality",))).seconds > once


def test_a_run_of_the_same_settings_here_is_a_better_source(tiny, measured):
    result = tiny.result
    found = of(tiny.recipe)
    assert found.seconds == pytest.approx(estimate.AROUND + result["seconds"], rel=0.1)
    assert of(tiny.recipe.changed(batch_size=8)).seconds != found.seconds


def test_runs_of_other_networks_correct_a_speed_that_was_measured_beside_other_programs(
    tiny, measured
):
    before = of(SPRINT).seconds - estimate.AROUND
    here = workload.training(tiny.recipe, tiny.dataset, measured)
    took(tiny, max(2 * here, estimate.LONG))
    factor = max(2 * here, estimate.LONG) / here
    assert of(SPRINT).seconds - estimate.AROUND == pytest.approx(factor * before)
    took(tiny, 1.0)  # too short to say anything of another network
    assert of(SPRINT).seconds - estimate.AROUND == pytest.approx(before)


def took(run, seconds):
    """Let a run have taken so many seconds."""
    file = run.path / "result.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"seconds": seconds}))


def test_a_run_that_was_trained_on_another_machine_says_nothing_of_this_one(tiny, home):
    file = tiny.path / "run.json"
    about = json.loads(file.read_text())
    about["machine"]["processor"] = "Another 3000"
    file.write_text(json.dumps(about))
    assert of(tiny.recipe) is None


def test_on_a_cluster_the_speed_of_this_machine_is_not_quoted(measured, monkeypatch):
    monkeypatch.setenv("FMNIST_CLUSTER", "ray://head:10001")
    assert not of(SPRINT).here


def test_a_speed_of_another_machine_is_not_believed(measured, home):
    (file,) = (home / speed.FOLDER).iterdir()
    speed.write(msgspec.structs.replace(measured, machine=measured.machine | {"cores": "64"}))
    assert speed.read() is None
    shutil.copy(file, file.with_name("other.json"))
    assert speed.read() is None


@pytest.mark.parametrize(
    "content", ["", "{}", "[1, 2", "\0" * 100, '{"seconds": [-1, 0, 0, 0, 0]}']
)
def test_a_damaged_file_is_no_speed(measured, home, content):
    (file,) = (home / speed.FOLDER).iterdir()
    file.write_text(content)
    assert speed.read() is None
    speed.write(measured)
    assert speed.read() == measured


def test_float32_is_not_estimated_from_a_measurement_in_bfloat16(measured):
    speed.write(msgspec.structs.replace(measured, precision="bfloat16"))
    assert of(SPRINT).here
    assert not of(dataclasses.replace(SPRINT, precision="float32", batch_size=7))


def test_an_estimate_has_no_digits_that_are_noise(measured):
    words = str(of(SPRINT.changed(epochs=1_000)))
    assert words.split(" h ")[1].startswith(tuple(f"{n}0 min" for n in range(6)))
