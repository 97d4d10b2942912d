"""The Sweep page, without a browser: the form and what it costs, a sweep's trials, and its best settings."""

import dataclasses
import json
import time
from collections.abc import Callable

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from fmnist import machine
from fmnist.people import access
from fmnist.people.access import Access
from fmnist.people.acting import acting_as
from fmnist.people.person import Person
from fmnist.recipes import registry
from fmnist.runs import files, listing, sweep_plan, sweeps
from fmnist.runs.files import RunError
from fmnist.runs.sweep_fields import Trial, TrialRun
from fmnist.runs.sweeps import Sweep

from .visiting import (
    address,
    button,
    buttons,
    choose,
    field,
    fill_in,
    metric,
    press,
    show,
    still_well,
    table,
    text_of,
    visit,
    words,
)

RATES = {"learning_rate": "0.001,0.003,0.01"}
NAMED = {"recipe": "tiny", "data": "fashion-mnist"}


@pytest.fixture
def make_sweep(tiny) -> Callable[..., Sweep]:
    """A function that writes a sweep's folder, as its process does; tiny-1 is the run of its trials."""

    def make_sweep(
        name: str = "tiny-1", texts: dict[str, str] = RATES, state: str = "finished", **more: object
    ) -> Sweep:
        sweep = Sweep(sweeps.home() / name)
        sweep.path.mkdir(parents=True)
        plan = sweep_plan.plan(registry.find("tiny"), texts)
        about = {
            "id": name,
            "recipe": dataclasses.asdict(plan.recipe),
            "space": texts,
            "created_at": time.time(),
        }
        for each in ("sampler", "pruner", "seeds", "trials", "epochs"):
            about[each] = getattr(plan, each)
        files.write(sweep.path / "sweep.json", about)
        files.write(sweep.path / "status.json", {"state": state, **machine.this_process()} | more)
        return sweep

    return make_sweep


def add_trials(sweep: Sweep, *trials: Trial) -> None:
    files.write(sweep.path / "trials.json", msgspec.to_builtins(trials))


def trial(number: int, settings: dict, accuracy: float, state: str = "finished", **more) -> Trial:
    """One with a run of three epochs, or of one where it was pruned."""
    ended = {"accuracy": accuracy, "epochs": 3} if state == "finished" else {"epochs": 1}
    of_run = {"state": state, "last_accuracy": accuracy, "seconds": 2.0}
    run = TrialRun("tiny-1", 0, **of_run | ended)
    return Trial(number, settings, state, [run], **more)


@pytest.fixture
def finished(make_sweep) -> Sweep:
    """Three learning rates, of which the last is best and the first was pruned."""
    sweep = make_sweep()
    add_trials(
        sweep,
        trial(0, {"learning_rate": 0.001}, 0.6, "pruned", error="Not among the best third."),
        trial(1, {"learning_rate": 0.003}, 0.75),
        trial(2, {"learning_rate": 0.01}, 0.8),
    )
    return sweep


def linked(**query: str) -> AppTest:
    return still_well(visit("sweep", **query))


# The form


def test_the_first_look_explains_a_sweep_and_has_an_example_that_is_ready_to_start(home):
    app = show("sweep")
    assert "A sweep trains one" in words(app)
    assert field(app, "Learning rate").value == "0.0001, 0.001, 0.01, 0.1"
    assert "4 trials × 2 seeds: 8 runs, at most 24 epochs" in words(app)
    assert not button(app, "Start").disabled
    assert not list(home.glob("*"))
    assert "example" not in words(linked(recipe="ffnn"))


def test_what_it_costs_follows_the_settings_and_a_link_brings_them_back(home):
    app = choose(show("sweep"), "Recipe", "ffnn")
    assert field(app, "Learning rate").value == "0.001, 0.003, 0.01, 0.03, 0.1"  # its own is 0.01
    app = fill_in(choose(app, "Recipe", "tiny"), "Seeds", 1)
    field(app, "Settings to try").set_value(["learning_rate", "batch_size"]).run()
    fill_in(fill_in(app, "Batch size", "32..256"), "Learning rate", "0.01").run()
    assert "has a range" in text_of(app.error)
    assert button(app, "Start").disabled
    app.button_group(key="sampler").set_value("tpe").run()
    fill_in(fill_in(app, "Trials", 7), "Epochs", 2).run()
    assert "7 trials × 1 seed: 7 runs, at most 14 epochs" in words(still_well(app))
    there = address(app)
    texts = {"learning_rate": "0.01", "batch_size": "32..256", "epochs": "2"}
    assert there == {"recipe": "tiny", **texts}
    again = linked(**there, sampler="tpe", trials="7", seeds="1")
    assert "7 trials × 1 seed: 7 runs, at most 14 epochs" in words(again)
    assert address(again).items() >= there.items()


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"learning_rate": "0.1,fast", "sweep": "gone-1"}, ("Learning rate", "`gone-1`")),
        ({"recipe": "nope", "sampler": "magic"}, ("no recipe `nope`", "no sampler `magic`")),
    ],
)
def test_what_a_link_says_that_cannot_be_is_a_sentence(link, said, finished):
    app = linked(**link)
    assert all(each in f"{text_of(app.error)}{text_of(app.warning)}" for each in said)


def test_where_nothing_can_be_written_start_says_so(tmp_path, monkeypatch, tiny):
    app = show("sweep")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "file"))
    assert "No sweep can be written" in text_of(press(app, "Start").error)


# A sweep


def test_a_finished_sweep_shows_its_best_settings_and_their_test_accuracy_alone(finished, tiny):
    app = show("sweep")
    assert "Best: **learning rate 0.01**" in words(app)
    assert metric(app, "Validation accuracy") == "80.00%"
    assert metric(app, "Test accuracy") == f"{tiny.figures['test_accuracy']:.2%}"
    assert metric(app, "Epochs trained") == "7 of 9"
    rows = table(app, "Learning rate")
    assert list(rows["state"]) == ["pruned", "finished", "best"]
    assert list(rows["epochs"]) == ["1 of 3", "3 of 3", "3 of 3"]
    assert "Stop" not in buttons(app)


def test_a_pruned_trial_that_reached_more_than_the_best_is_told(finished):
    assert not show("sweep").warning
    add_trials(
        finished,
        trial(0, {"learning_rate": 0.01}, 0.7),
        trial(1, {"learning_rate": 0.003}, 0.71, "pruned"),
    )
    assert "Trial 2 (learning rate 0.003) was pruned, but reached 71.0%" in text_of(
        show("sweep").warning
    )


def test_a_running_sweep_shows_how_far_it_is_and_can_be_stopped(make_sweep):
    sweep = make_sweep(state="running")
    add_trials(sweep, trial(0, {"learning_rate": 0.001}, 0.6, "running"))
    app = show("sweep")
    (progress,) = app.get("progress")
    assert progress.proto.text == "0 of 3 trials · 1 of at most 9 epochs"
    assert "Test accuracy" not in {shown.label for shown in app.metric}
    app = press(app, "Stop")
    assert sweep.stop_requested
    assert "stopping" in words(app)


def test_while_its_runs_wait_it_says_for_how_long(make_sweep, make_run):
    make_run("waits", "queued", **machine.this_process())
    run = TrialRun("waits", 0, "queued")
    add_trials(make_sweep(state="running"), Trial(0, {"learning_rate": 0.001}, "running", [run]))
    assert "place 1 of 1" in words(show("sweep"))


def test_its_settings_and_its_curves_are_in_charts(make_sweep):
    two = make_sweep(texts=RATES | {"mix": "none,fmix"})
    settings = {"learning_rate": 0.001, "mix": None}
    add_trials(two, trial(0, settings, 0.6), trial(1, settings | {"mix": "fmix"}, 0.7))
    for chart in ("settings", "curves"):
        (drawn,) = linked(chart=chart).get("vega_lite_chart")
        assert "differ in learning rate, mix. Best: learning rate 0.001, mix fmix, 70.0%" in str(
            drawn.proto
        )


def test_the_best_settings_go_to_the_train_page(finished):
    app = press(show("sweep"), "Use these settings")
    assert text_of(app.title) == "Train"
    assert field(app, "Learning rate").value == 0.01
    assert field(app, "Epochs").value == 3


def test_a_sweep_is_deleted_and_its_runs_stay(finished, tiny):
    app = press(show("sweep"), "Delete it")
    assert not finished.path.exists()
    assert tiny.usable
    assert "A sweep trains one" in words(app)


@pytest.mark.parametrize("file", ["sweep.json", "trials.json"])
def test_no_damaged_file_breaks_the_page(finished, file):
    (finished.path / file).write_text("{")
    assert file in text_of(show("sweep").error)


def test_in_a_class_a_sweep_is_its_makers(finished, in_class):
    access.write(finished.path, Access("anna"))
    with acting_as(Person("ben")), pytest.raises(RunError):
        sweeps.find(finished.name)


# Its runs on other pages


def test_of_a_sweeps_runs_the_models_page_shows_the_best_and_all_with_a_switch(finished, make_run):
    for name, number in (("tiny-2", 1), ("tiny-3", 2)):
        run = make_run(name, "stopped")
        about = json.loads((run.path / "run.json").read_text())
        about["sweep"] = {"name": finished.name, "id": "tiny-1", "trial": number}
        files.write(run.path / "run.json", about)
    assert listing.is_of_sweep(run)
    shown = list(table(show("models"), "name")["name"])
    assert {"tiny-1", "tiny-3"} <= set(shown)
    assert "tiny-2" not in shown
    app = still_well(visit("models", sweeps="true"))
    assert "tiny-2" in list(table(app, "name")["name"])
    assert app.toggle[0].label == "1 more run of sweeps"
    assert show("train").selectbox(key="run").options[0] == "tiny-1"
