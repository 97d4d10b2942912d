"""What the curve of a training shows."""

import dataclasses

import pytest

from fmnist.data.fashion_mnist import DATASET
from fmnist.recipes import registry
from fmnist.runs import learning_curve, listing

TINY = registry.find("tiny")  # 75 batches an epoch


def epochs(*pairs: tuple[float, float]) -> list[dict]:
    """Rows of a curve: validation loss and accuracy of each epoch, with points in between."""
    rows = []
    for number, (loss, accuracy) in enumerate(pairs, 1):
        rows.append({"epoch": number - 0.5, "loss": 1.0, "accuracy": 0.5})
        end = {"epoch": number, "end_of_epoch": True, "loss": 1.0, "accuracy": 0.5}
        rows.append(end | {"validation_loss": loss, "validation_accuracy": accuracy})
    return rows


def test_the_first_epoch_within_a_tenth_of_a_point_of_the_best_was_as_good():
    rows = epochs((0.5, 0.8), (0.4, 0.899), (0.3, 0.85), (0.6, 0.9), (0.7, 0.88))
    assert learning_curve.first_good_epoch(rows) == (2, 4)


def test_an_epoch_that_is_further_off_was_not():
    assert learning_curve.first_good_epoch(epochs((0.5, 0.8), (0.4, 0.8989), (0.3, 0.9))) == (3, 3)


def test_without_validation_no_epoch_is_told():
    assert (
        learning_curve.first_good_epoch([{"epoch": 1, "end_of_epoch": True, "loss": 1.0}]) is None
    )
    assert learning_curve.first_good_epoch([]) is None
    assert learning_curve.by_split([], (2, 1), None) == []


def test_each_split_is_told_at_its_own_lowest_validation_loss():
    rows = epochs((0.5, 0.80), (0.3, 0.90), (0.4, 0.91), (0.35, 0.88), (0.6, 0.7))
    assert learning_curve.by_split(rows, splits=(3, 2), kept_epoch=2) == [
        {
            "split": 1,
            "epochs": 3,
            "best_epoch": 2,
            "validation_loss": 0.3,
            "validation_accuracy": 0.90,
            "kept": True,
        },
        {
            "split": 2,
            "epochs": 2,
            "best_epoch": 1,
            "validation_loss": 0.35,
            "validation_accuracy": 0.88,
            "kept": False,
        },
    ]


def test_a_split_that_was_never_begun_is_not_told():
    table = learning_curve.by_split(epochs((0.5, 0.8), (0.4, 0.9)), splits=(2, 2, 2), kept_epoch=2)
    assert [row["split"] for row in table] == [1]


def test_the_shipped_network_with_re_splits_keeps_the_lowest_loss_of_all():
    run = listing.find("dropout-cnn")
    table = learning_curve.by_split(run.metrics(), run.recipe.splits, run.result["kept_epoch"])
    assert [row["epochs"] for row in table] == [50, 10, 10, 10]
    (kept,) = (row for row in table if row["kept"])
    assert kept["validation_loss"] == min(row["validation_loss"] for row in table)
    assert kept["validation_accuracy"] == pytest.approx(run.result["validation_accuracy"], abs=2e-3)


def epoch_end(accuracy: float, epoch: int = 1) -> dict:
    """The row that ends an epoch."""
    return {"epoch": epoch, "end_of_epoch": True, "loss": 2.3, "accuracy": accuracy}


@pytest.mark.parametrize(
    ("rate", "advice"), [(0.5, "too high; try 0.003"), (1e-6, "too low; try 0.003")]
)
def test_an_epoch_no_better_than_guessing_is_stuck_and_another_learning_rate_is_named(rate, advice):
    sentence = learning_curve.stuck([epoch_end(0.104)], TINY.changed(learning_rate=rate), DATASET)
    assert "10.4% of the training images" in sentence
    assert f"{rate:g} is probably {advice}." in sentence


def test_a_long_epoch_is_judged_before_its_end_once_300_batches_are_done():
    recipe = TINY.changed(batch_size=2)  # 2,400 batches an epoch
    points = [{"epoch": part / 10, "loss": 2.3, "accuracy": 0.1} for part in (1, 2)]
    assert learning_curve.stuck(points[:1], recipe, DATASET) is None
    assert "10.0% of the training images" in learning_curve.stuck(points, recipe, DATASET)
    assert learning_curve.stuck([*points, epoch_end(0.6)], recipe, DATASET) is None


def test_what_collapses_after_a_good_epoch_is_stuck_and_what_recovers_is_not():
    good, bad = epoch_end(0.8), epoch_end(0.1, epoch=2)
    assert learning_curve.stuck([good, bad], TINY, DATASET)
    assert learning_curve.stuck([good, bad, epoch_end(0.7, epoch=3)], TINY, DATASET) is None
    assert learning_curve.stuck([], TINY, DATASET) is None
    assert learning_curve.stuck([epoch_end(float("nan"))], TINY, DATASET) is None


def test_a_few_steps_do_not_blame_the_learning_rate():
    few = dataclasses.replace(DATASET, training_images=200)  # two steps an epoch
    assert learning_curve.stuck([epoch_end(0.1)], TINY.changed(training_images=None), few) is None
    sentence = learning_curve.guessing(0.1, "test", TINY.changed(training_images=None), few, 5)
    assert "more epochs" in sentence
    assert "learning rate" not in sentence


def test_no_shipped_network_was_ever_called_stuck():
    for run in listing.list_runs():
        rows = run.metrics()
        for count in (*range(40), *range(40, len(rows), 100)):
            assert learning_curve.stuck(rows[:count], run.recipe, DATASET) is None, (
                run.name,
                count,
            )
