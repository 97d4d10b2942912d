"""What visitors and trainings need, on paper, from figures that were measured."""

import json
import re

import pytest

from fmnist.benchmark import capacity
from fmnist.benchmark.capacity import Load, Prices
from fmnist.cli.commands import main as fmnist
from fmnist.runs import listing

from .. import measure_capacity
from ..conftest import in_one_sentence

PRICES = Prices(node=0.1, disk=0.3, traffic=0.09)
MANY = Load(visitors=10_000, trainings=1_000, every=10, kept=1)
CLASS = Load(visitors=30, trainings=30, every=5, kept=1)


def plan(load: Load) -> capacity.Plan:
    return capacity.plan(load, capacity.training_like(listing.find("sprint")), PRICES)


@pytest.mark.parametrize("name", capacity.figures())
def test_each_figure_is_one_that_a_command_measures_again(name):
    figure = capacity.figures()[name]
    assert figure.value > 0
    if found := re.fullmatch(r"python -m tests\.measure_capacity (\w+)", figure.command):
        assert callable(getattr(measure_capacity, found[1]))


def test_a_class_needs_one_of_each_and_nothing_breaks():
    found = plan(CLASS)
    assert (found.replicas, found.nodes) == (1, 1)
    assert all(limit.share < 1 for limit in found.limits)


def test_ten_thousand_need_many_and_what_breaks_first_comes_first():
    found = plan(MANY)
    assert found.replicas >= 100  # a server lets a hundred pages in
    trained = 3600 / capacity.training_like(listing.find("sprint")).seconds  # by a place in an hour
    assert 1_000 / trained < found.nodes < 2 * 1_000 / trained
    shares = [limit.share for limit in found.limits]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 1


@pytest.mark.parametrize("field", ["visitors", "trainings", "kept"])
def test_more_is_never_cheaper(field):
    more = plan(MANY._replace(**{field: 3 * getattr(MANY, field)}))
    assert sum(more.costs.values()) > sum(plan(MANY).costs.values())


def test_who_draws_faster_needs_more_replicas():
    assert plan(MANY._replace(every=2)).replicas > plan(MANY).replicas


def test_the_command_says_what_it_computes(capsys):
    load = ["--visitors", "10000", "--trainings-an-hour", "1000"]
    assert fmnist(["capacity", *load]) == 0
    said = capsys.readouterr().out
    assert fmnist(["capacity", *load, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert f"{found['plan']['replicas']} of the app" in said
    assert found["figures"].keys() == capacity.figures().keys()
    for limit in found["plan"]["limits"]:
        assert limit["what"] in said
    first = found["plan"]["limits"][0]["what"]
    assert said.rstrip(".\n").endswith(first[0].lower() + first[1:])


@pytest.mark.parametrize(
    "options",
    ["", *(f"--visitors 5 {more}" for more in ("--every 0", "--like nobody", "--like flagship"))],
)
def test_what_cannot_be_computed_is_one_sentence(options, capsys):
    assert fmnist(["capacity", *options.split()]) == 1
    assert in_one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("number", ["-1", "nan", "inf", "1e300", "ten"])
def test_a_number_that_cannot_be_is_said(number, capsys):
    with pytest.raises(SystemExit):
        fmnist(["capacity", f"--visitors={number}"])
    assert number in capsys.readouterr().err
