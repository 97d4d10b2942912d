"""All runs at a glance."""

import pytest

from fmnist import flops, run_table, runs

from .conftest import in_one_sentence


def test_a_finished_run_is_told_with_its_figures_size_and_cost(tiny):
    row, result = run_table.row(tiny), tiny.result
    assert (row["name"], row["state"], row["shipped"]) == ("tiny-1", "finished", False)
    assert row["test_accuracy"] == result["test_accuracy"]
    assert row["megaflops"] == flops.megaflops(result["layers"])
    assert row["bytes"] == sum(path.stat().st_size for path in tiny.path.iterdir())
    assert "error" not in row
    assert "layers" not in row


def test_a_shipped_run_has_its_published_accuracy():
    row = run_table.row(runs.find("mlp-256"))
    assert row["shipped"]
    assert row["published_accuracy"] == 0.88


def test_a_stopped_training_is_not_held_against_a_published_figure():
    recipe = runs.find("mlp-256").recipe
    assert run_table.difference(recipe, {"test_accuracy": 0.5}) < 0
    assert run_table.difference(recipe, {"test_accuracy": 0.5, "stopped": True}) is None


def test_a_model_that_also_looks_at_the_mirror_image_costs_twice_its_layers():
    run = runs.find("sprint")
    assert run.recipe.mirror
    assert run_table.row(run)["megaflops"] == 2 * flops.megaflops(run.result["layers"])


def test_one_model_together_with_itself_is_as_good_as_alone():
    run = runs.find("sprint")
    both = run_table.together([run, run])
    assert both["test_accuracy"] == pytest.approx(run.result["test_accuracy"], abs=1e-3)
    assert both["test_loss"] == pytest.approx(run.result["test_loss"], abs=1e-3)
    assert both["megaflops"] == 2 * run_table.row(run)["megaflops"]


def test_a_run_without_a_model_says_why_in_a_sentence(failed, lost, broken):
    for run in (failed, lost, broken):
        row = run_table.row(run)
        assert row["state"] == run.state
        assert in_one_sentence(row["error"])
        assert "test_accuracy" not in row


def test_a_run_that_trains_needs_no_sentence(running):
    row = run_table.row(running)
    assert row["state"] == "running"
    assert "error" not in row
    assert row["recipe"] == "tiny"
