"""What a training depends on: which runs it needs, and which images may validate beside them."""

import shutil

import numpy as np
import pytest

from fmnist.recipes import registry
from fmnist.runs import creation, manage, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence

SMALL = registry.find("tiny").changed(training_images=600)
RESULT = {"test_accuracy": 0.9, "test_loss": 0.3, "epochs": 1, "parameters": 1, "layers": []}


@pytest.fixture(autouse=True)
def _home(home):
    """All runs are the test's own."""


def trained(**settings) -> Run:
    """A run with those settings that looks trained: the files of its model are empty."""
    run = creation.create(SMALL.changed(**settings))
    for name in ("model.keras", "model.tflite"):
        (run.path / name).touch()
    RunWriter(run).finish(RESULT, np.full((10_000, 10), 0.1, np.float32))
    return run


def held_out(**settings) -> int:
    """How many images validate a training with those settings."""
    (split,) = parents.resolve(SMALL.changed(**settings)).splits
    return len(split.validation)


def test_the_runs_that_a_recipe_names_are_found():
    first, second, third = trained(), trained(), trained()
    found = parents.resolve(
        SMALL.changed(
            teachers=(first.name, second.name), pretrained=second.name, ensemble_member=third.name
        )
    )
    assert found.teachers == [first, second]
    assert found.pretrained == second
    assert found.ensemble_member == third


def test_a_recipe_without_parents_needs_none_and_validates_with_all_that_is_held_out():
    found = parents.resolve(SMALL)
    assert (found.teachers, found.pretrained, found.ensemble_member) == ([], None, None)
    assert len(found.splits[0].validation) == 120


@pytest.mark.parametrize(
    "needs",
    [{"teachers": ("mlp-256", "nobody")}, {"ensemble_member": "nobody"}, {"pretrained": "nobody"}],
)
def test_a_run_that_there_is_not_is_one_sentence(needs):
    with pytest.raises(RunError, match="nobody") as error:
        parents.resolve(SMALL.changed(**needs))
    assert in_one_sentence(str(error.value))


def test_a_run_that_was_stopped_before_it_began_has_nothing_to_start_with():
    run = creation.create(SMALL)
    RunWriter(run).update_status(state="stopped")
    with pytest.raises(RunError, match=run.name):
        parents.resolve(SMALL.changed(pretrained=run.name))


def test_a_teacher_must_be_able_to_predict_and_pretrained_weights_must_fit():
    run = trained()
    (run.path / "model.tflite").unlink()
    with pytest.raises(RunError, match=f"complete {run.name}"):
        parents.resolve(SMALL.changed(teachers=(run.name,)))
    with pytest.raises(RunError, match="architecture"):
        parents.resolve(SMALL.changed(pretrained="mlp-256"))


@pytest.mark.parametrize("learns_from", ["pretrained", "teachers"])
def test_images_that_another_run_has_seen_validate_none_that_learns_from_it(learns_from):
    first = trained(seed=6)
    others = {learns_from: (first.name,) if learns_from == "teachers" else first.name}
    assert held_out(seed=6, **others) == 120
    assert held_out(seed=6, validation_split=0.1, **others) == 60
    assert held_out(seed=7, **others) == 0


def test_images_that_an_ensemble_member_has_seen_validate_the_training_and_not_the_ensemble():
    first = trained(seed=6)
    same, other = (
        parents.resolve(SMALL.changed(seed=seed, ensemble_member=first.name)) for seed in (6, 7)
    )
    assert [len(found.splits[0].validation) for found in (same, other)] == [120, 120]
    assert [len(found.split_of_ensemble(0).validation) for found in (same, other)] == [120, 0]


def test_nor_do_those_that_an_ancestor_has_seen():
    first = trained(seed=6)
    second = trained(seed=7, teachers=(first.name,))
    assert held_out(seed=7, pretrained=second.name) == 0


def test_a_run_that_is_gone_may_have_seen_any():
    first = trained(seed=6)
    second = trained(seed=6, pretrained=first.name)
    assert held_out(seed=6, pretrained=second.name) == 120
    shutil.rmtree(first.path)
    assert held_out(seed=6, pretrained=second.name) == 0


def test_a_name_that_was_given_again_leads_round_in_no_circle():
    first = trained(seed=6)
    second = trained(seed=6, pretrained=first.name)
    shutil.rmtree(first.path)
    third = trained(seed=6, pretrained=second.name)
    manage.rename(third, first.name)
    assert held_out(seed=6, pretrained=first.name) == 120
