"""All runs at a glance."""

import pytest

from fmnist.networks import flops
from fmnist.runs import listing, table

from ..conftest import in_one_sentence


def test_a_finished_run_is_told_with_its_figures_size_and_cost(tiny):
    row, result = table.row(tiny), tiny.result
    assert (row["name"], row["state"], row["shipped"]) == ("tiny-1", "finished", False)
    assert row["test_accuracy"] == result["test_accuracy"]
    assert row["megaflops"] == flops.megaflops(result["layers"])
    assert row["bytes"] == sum(path.stat().st_size for path in tiny.path.iterdir())
    assert "error" not in row
    assert "layers" not in row


def test_a_shipped_run_has_its_reported_accuracy():
    row = table.row(listing.find("mlp-256"))
    assert row["shipped"]
    assert row["reported_accuracy"] == 0.88


def test_a_stopped_training_is_not_held_against_a_published_figure():
    recipe = listing.find("mlp-256").recipe
    assert table.difference(recipe, {"test_accuracy": 0.5}) < 0
    assert table.difference(recipe, {"test_accuracy": 0.5, "stopped": True}) is None


def test_a_model_that_also_looks_at_the_mirror_image_costs_twice_its_layers():
    run = listing.find("sprint")
    assert run.recipe.flip_tta
    assert table.row(run)["megaflops"] == 2 * flops.megaflops(run.result["layers"])


def test_one_model_together_with_itself_is_as_good_as_alone():
    run = listing.find("sprint")
    both = table.together([run, run])
    assert both["test_accuracy"] == pytest.approx(run.result["test_accuracy"], abs=1e-3)
    assert both["test_loss"] == pytest.approx(run.result["test_loss"], abs=1e-3)
    assert both["megaflops"] == 2 * table.row(run)["megaflops"]


def test_a_run_without_a_model_says_why_in_a_sentence(failed, interrupted, broken):
    for run in (failed, interrupted, broken):
        row = table.row(run)
        assert row["state"] == run.state
        assert in_one_sentence(row["error"])
        assert "test_accuracy" not in row


def test_a_run_that_trains_needs_no_sentence(running):
    row = table.row(running)
    assert row["state"] == "running"
    assert "error" not in row
    assert row["recipe"] == "tiny"


def test_what_a_student_cost_is_told_with_its_teachers_and_what_it_began_with():
    student, marathon, quality = (
        table.row(listing.find(name)) for name in ("student", "marathon", "quality")
    )
    assert marathon["seconds_in_all"] == marathon["seconds"]
    parts = (student, marathon, quality)  # the second is teacher and start, and counts once
    assert student["seconds_in_all"] == pytest.approx(sum(part["seconds"] for part in parts))


def test_where_a_gpu_trained_it_is_named():
    assert "gpu" in table.row(listing.find("flagship"))
    assert "gpu" not in table.row(listing.find("sprint"))


def test_the_frontier_is_of_models_that_no_cheaper_one_equals():
    def model(name: str, cost: int, accuracy: float) -> dict:
        return {"name": name, "cost": cost, "test_accuracy": accuracy}

    small, large, equal = model("small", 1, 0.8), model("large", 9, 0.9), model("equal", 10, 0.9)
    worse, same_cost = model("worse", 5, 0.7), model("same cost", 9, 0.85)
    models = [equal, same_cost, large, worse, small]
    assert table.frontier(models, "cost") == ["small", "large"]
    assert table.frontier([], "cost") == []
