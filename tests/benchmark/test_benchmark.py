"""The benchmark: every group is measured, and each row is in order."""

import contextlib
import dataclasses
import io
import json
import shutil

import pytest

from fmnist.benchmark import measuring, suite, throughput
from fmnist.cli.commands import main
from fmnist.networks import architectures
from fmnist.recipes import registry
from fmnist.runs import listing

from ..conftest import KERAS_NOISE

# Half a dozen processes load TensorFlow, one after the other, before the first row.
pytestmark = [pytest.mark.filterwarnings(KERAS_NOISE), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder that a quick benchmark wrote, a quicker one still, and the rows that it printed."""
    folder, printed = tmp_path_factory.mktemp("benchmark"), io.StringIO()
    quicker = dataclasses.replace(
        suite.QUICK, images=640, matrices=(128,), predicted=(("mlp-256", 1), ("mlp-256", 1_000))
    )
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(suite, "QUICK", quicker)
        patch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")  # which a benchmark leaves set
        assert main(["benchmark", "--quick", "--json", "--out", str(folder)]) == 0
    return folder, [json.loads(line) for line in printed.getvalue().splitlines()]


def test_a_quick_and_a_full_benchmark_measure_what_there_is():
    for plan in (suite.QUICK, suite.FULL):
        trained = {plan.scaled, *plan.recipes, *(name for name, *_ in plan.lengths)}
        assert trained <= set(registry.RECIPES)
        assert all(listing.find(name).usable for name, _ in plan.predicted)


@pytest.mark.slow
def test_a_quick_benchmark_measures_every_group_and_reports_what_it_left_out(report):
    _, rows = report
    assert {row["group"] for row in rows} == {
        *("peak", "training", "learning", "prediction", "scaling"),
    }
    for row in rows:
        assert list(row) == ["group", "what", "unit", "median", "min", "max"]
        if row["median"] is None:
            assert row["what"].endswith(("torch is not installed", "not reached")), row
        else:
            assert 0 < row["min"] <= row["median"] <= row["max"], row
    assert len({row["what"] for row in rows}) == len(rows)


@pytest.mark.slow
def test_it_reports_the_seconds_to_each_goal(report):
    _, rows = report
    learning = [row["what"] for row in rows if row["group"] == "learning"]
    for goal in ("91.00%", "91.66%", "92.50%", "93.00%", "93.50%", "94.00%"):
        assert f"to {goal}: not reached" in learning  # by so small a network


@pytest.mark.slow
def test_its_files_hold_the_rows_the_machine_and_a_plot(report):
    folder, rows = report
    written = json.loads((folder / "benchmark.json").read_text())
    assert written["rows"] == rows
    assert written["machine"]["cores"]
    assert {written["machine"][name] for name in ("avx512", "bfloat16")} <= {"yes", "no"}
    assert written["versions"]["keras"]
    table = (folder / "benchmark.md").read_text()
    assert all(f"{row['group']}: {row['what']} |" in table for row in rows)
    plot = (folder / "benchmark.svg").read_text()
    assert "Training, images per second" in plot
    assert "plain Keras" in plot
    assert "tuned Keras" in plot


@pytest.mark.slow
def test_each_opponent_has_a_ratio_a_mean_and_a_worst_recipe(report):
    ratios = {row["what"]: row["median"] for row in report[1] if row["unit"] == "x"}
    for opponent in ("Keras fit", "Keras tuned"):
        ratio = ratios[f"tiny: train step / {opponent}"]
        mean = f"train step / {opponent}, geometric mean over recipes: 1"
        assert ratios[mean] == pytest.approx(ratio)
        assert ratios[f"train step / {opponent}, worst of recipes: tiny"] == ratio


@pytest.mark.slow
def test_a_part_is_measured_again_and_the_others_stay(report, tmp_path, monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")  # which a benchmark leaves set
    shutil.copytree(report[0], tmp_path, dirs_exist_ok=True)
    before = json.loads((tmp_path / "benchmark.json").read_text())["rows"]
    assert main(["benchmark", "--quick", "--only", "peak", "--out", str(tmp_path)]) == 0
    after = json.loads((tmp_path / "benchmark.json").read_text())["rows"]
    others = [row for row in before if row["group"] != "peak"]
    assert [row for row in after if row["group"] != "peak"] == others
    assert len(after) > len(others)


@pytest.mark.slow
def test_training_on_an_image_costs_three_times_the_multiply_adds_of_its_forward_pass(report):
    (cost,) = (row["median"] for row in report[1] if row["unit"] == "GFLOP")
    convolution, dense = 13 * 13 * 3 * 3 * 8, 6 * 6 * 8 * 10
    assert cost == pytest.approx(6e-9 * (convolution + dense), abs=1e-5)


def test_a_wider_network_has_more_kernels_and_the_same_ten_outputs():
    wider = throughput.widened(architectures.ARCHITECTURES["tiny"].build((28, 28), 10), 2)
    assert [layer.filters for layer in wider.layers if hasattr(layer, "filters")] == [16]
    assert wider.output_shape == (None, 10)


def test_what_is_compared_runs_in_turn_in_changing_order():
    order = []
    actions = {name: lambda name=name: order.append(name) for name in "ab"}
    seconds = measuring.in_turn(actions, 2)
    assert "".join(order) == "abbaab"
    assert [len(values) for values in seconds.values()] == [2, 2]
