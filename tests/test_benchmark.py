"""The benchmark: every group is measured, and each row is in order."""

import json

import pytest

from fmnist import architectures, benchmark

from .conftest import KERAS_NOISE, fmnist

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_a_quick_benchmark_measures_every_group_and_says_what_it_left_out():
    done = fmnist("benchmark", "--quick", "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["group"] for row in rows} == {
        *("peak", "training", "learning", "inference", "scaling"),
    }
    for row in rows:
        assert list(row) == ["group", "what", "unit", "median", "min", "max"]
        if row["median"] is None:
            assert row["what"] == "tiny: PyTorch: torch is not installed"
        else:
            assert 0 < row["min"] <= row["median"] <= row["max"], row
    assert len({row["what"] for row in rows}) == len(rows)


def test_a_picture_costs_three_times_the_multiply_adds_of_its_forward_pass():
    model = architectures.ARCHITECTURES["tiny"].build()
    convolution, dense = 13 * 13 * 3 * 3 * 8, 6 * 6 * 8 * 10
    assert benchmark.gflop_a_picture(model) == pytest.approx(6e-9 * (convolution + dense))


def test_what_is_compared_runs_in_turn_in_changing_order():
    order = []
    actions = {name: lambda name=name: order.append(name) for name in "ab"}
    seconds = benchmark._in_turn(actions, 2)
    assert "".join(order) == "abbaab"
    assert [len(values) for values in seconds.values()] == [2, 2]
