"""The Models page, without a browser: what it shows and does in every situation."""

import json
import time

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from fmnist.machine import folders
from fmnist.model_files.exports.formats import FORMATS
from fmnist.recipes import registry
from fmnist.runs import listing, manage

from ..conftest import in_one_sentence, wait_until
from .visiting import (
    buttons,
    choices,
    choose,
    field,
    metric,
    press,
    still_well,
    table,
    text_of,
    visit,
    words,
)

SITUATIONS = ("running", "failed", "interrupted", "tiny", "broken")


def show(**query: str) -> AppTest:
    """A visitor's first look at the page, by a link with this in its address."""
    return still_well(visit("models", **query))


def all_runs(app: AppTest) -> pd.DataFrame:
    """The table of all runs, by name."""
    return table(app, "state").set_index("name")


def select(app: AppTest, *names: str) -> AppTest:
    """Select the rows with these names, and no others."""
    (shown,) = (each for each in app.dataframe if "state" in each.value)
    key = shown.proto.id.split("-", 2)[2]  # "$$ID-<hash>-<key>"
    rows = [list(all_runs(app).index).index(name) for name in names]
    app.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return still_well(app.run())


def charts(app: AppTest) -> int:
    return len(app.get("arrow_vega_lite_chart")) + len(app.get("vega_lite_chart"))


# All runs


def test_every_run_is_in_the_table_whatever_became_of_it(request):
    for situation in SITUATIONS:
        request.getfixturevalue(situation)
    app = show()
    assert not app.error
    states = all_runs(app)["state"].to_dict()
    expected = {
        "tiny-running": "running",
        "tiny-failed": "failed",
        "tiny-interrupted": "interrupted",
    }
    assert expected | {"tiny-1": "finished", "broken": "broken"} == {
        name: state for name, state in states.items() if not (folders.SHIPPED / name).exists()
    }
    assert set(states) > {path.name for path in folders.SHIPPED.iterdir() if path.is_dir()}
    remarks = all_runs(app)["remark"].dropna()
    assert set(remarks.index) == {"tiny-failed", "tiny-interrupted", "broken"}
    assert all(map(in_one_sentence, remarks))


def test_reported_and_measured_accuracy_stand_side_by_side_with_their_difference():
    row = all_runs(show()).loc["mlp-256"]
    measured = listing.find("mlp-256").result["test_accuracy"]
    assert row["reported"] == 88
    assert row["test"] == pytest.approx(100 * measured)
    assert row["difference"] == pytest.approx(100 * measured - 88)
    assert row["megaflops"] == pytest.approx(0.407, abs=1e-3)


@pytest.mark.parametrize(
    ("shown", "is_wanted"),
    [
        ("reported accuracy", lambda run: bool(run.recipe.reported_accuracy)),
        ("my own", lambda run: not run.shipped),
    ],
)
def test_the_table_shows_only_what_i_want_and_so_does_the_link(tiny, shown, is_wanted):
    wanted = {run.name for run in listing.list_runs() if is_wanted(run)}
    assert set(all_runs(show(show=shown)).index) == wanted


def test_accuracy_against_cost_is_a_chart_of_the_same_runs_and_a_link_opens_it(tiny):
    link = {"as": "Pareto chart", "against": "MFLOP"}
    app = show(**link)
    assert not app.error
    assert charts(app) == 1
    assert not [each for each in app.dataframe if "state" in each.value]  # the table has made way
    assert "Pareto frontier" in words(app)
    assert "machine" in words(show(**link | {"against": "seconds"}))


def test_what_has_not_been_measured_has_no_place_in_that_chart(failed):
    app = show(show="my own", **{"as": "Pareto chart"})
    assert "None of these runs has a test accuracy yet." in text_of(app.info)
    assert charts(app) == 0


def test_without_runs_of_my_own_the_page_says_where_to_make_one():
    app = show(show="my own")
    assert "Train page" in text_of(app.info)
    assert metric(app, "Test accuracy")  # the chosen model is shown all the same


def test_the_page_opens_in_a_moment():
    show()
    took = []
    for _ in range(3):  # other tests beside it may hold one of them up
        started = time.monotonic()
        show()
        took.append(time.monotonic() - started)
    assert min(took) < 2


@pytest.mark.parametrize(
    "query",
    [
        {"model": "gone", "test_image": "x"},
        {"show": "x", "tab": "x", "as": "x"},
        {"as": "Pareto chart", "against": "x"},
    ],
)
def test_an_address_that_names_what_there_is_not_shows_the_usual(query):
    app = show(**query)
    assert not app.error
    assert choices(app, "Model")[0] == registry.DEFAULT
    assert metric(app, "Parameters") == f"{listing.find(registry.DEFAULT).result['parameters']:,}"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", "null"),
        ("status.json", "{"),
        ("result.json", '{"test_accuracy": 1, "recipe": {}}'),
        ("metrics.jsonl", "null"),
    ],
)
def test_no_damaged_file_of_a_run_breaks_the_page(tiny, file, content):
    (tiny.path / file).write_text(content)
    # Only without its curves it is still a run whose tabs are offered.
    tabs = ("Architecture", "Training", "Kernels and maps", "Files")
    for tab in tabs if file == "metrics.jsonl" else tabs[:1]:
        app = show(model="tiny-1", tab=tab)
    select(app, "tiny-1")
    assert not show(**{"as": "Pareto chart"}).error


# Selected rows


def descriptions(app: AppTest) -> list[str]:
    """What the charts say to those who do not see them."""
    drawn = [*app.get("arrow_vega_lite_chart"), *app.get("vega_lite_chart")]
    specifications = [json.loads(chart.proto.spec) for chart in drawn]
    return [words for spec in specifications if (words := spec.get("description"))]


def test_a_selected_run_shows_its_curves():
    app = show()
    before = charts(app)
    select(app, "sprint")
    assert charts(app) == before + 2
    described = descriptions(app)
    assert len(described) == charts(app)  # what each chart shows is said in words, too
    best = max(row.get("validation_accuracy", 0) for row in listing.find("sprint").metrics())
    assert f"best {best:.1%}" in next(words for words in described if "accuracy of sprint" in words)


def test_two_selected_runs_are_compared_class_by_class(tiny):
    app = select(show(), "mlp-256", "tiny-1")
    assert "mlp-256 and tiny-1, by class" in words(app)
    compared = table(app, "one")
    assert len(compared) == 10
    assert compared["one"].mean() == pytest.approx(
        100 * listing.find("mlp-256").result["test_accuracy"]
    )
    assert compared["two"].mean() == pytest.approx(100 * tiny.result["test_accuracy"])
    assert compared["difference"].tolist() == (compared["two"] - compared["one"]).tolist()


def test_three_selected_runs_are_drawn_over_each_other_but_not_compared():
    app = select(show(), "mlp-256", "sprint", "two-conv")
    assert ", by class" not in words(app)
    assert charts(app) >= 2


def test_two_selected_runs_one_without_a_model_are_not_compared(running):
    app = select(show(), "mlp-256", "tiny-running")
    assert ", by class" not in words(app)
    assert not app.error


def test_a_selected_run_without_a_model_says_why_and_can_be_deleted(failed):
    app = select(show(), "tiny-failed")
    assert "The loss became nan in epoch 1." in words(app)
    press(app, "Delete it")
    assert not failed.path.exists()
    assert "tiny-failed" not in all_runs(app).index


def test_a_renamed_run_without_a_model_leaves_the_chosen_one_alone(failed, home):
    app = select(show(model="mlp-256"), "tiny-failed")
    field(app, "New name").input("diverged")
    press(app, "Rename")
    assert [path.name for path in home.iterdir()] == ["diverged"]
    assert app.selectbox(key="model").value == "mlp-256"


def test_a_broken_run_can_be_deleted(broken):
    app = select(show(), "broken")
    press(app, "Delete it")
    assert not broken.path.exists()


# Rename, delete, download


def test_i_rename_a_run_of_mine_and_it_stays_the_chosen_one(tiny, home):
    app = show(model="tiny-1", tab="Files")
    field(app, "New name").input("my-first")
    press(app, "Rename")
    assert [path.name for path in home.iterdir() if path.is_dir()] == ["my-first"]
    assert metric(app, "Parameters") == "2,970"
    assert app.selectbox(key="model").value == "my-first"
    assert not app.warning
    assert "my-first" in all_runs(app).index


def test_a_name_that_cannot_be_is_refused_in_a_sentence(tiny):
    app = show(model="tiny-1", tab="Files")
    field(app, "New name").input("../mine")
    press(app, "Rename")
    assert in_one_sentence(text_of(app.error))
    assert tiny.usable


def test_when_a_run_of_mine_is_deleted_the_default_is_the_chosen_one(tiny):
    app = press(show(model="tiny-1", tab="Files"), "Delete it")
    assert not tiny.path.exists()
    assert app.selectbox(key="model").value == registry.DEFAULT
    assert not app.warning  # it is no surprise


def test_what_another_tab_has_deleted_breaks_nothing_here(tiny):
    app = show(model="tiny-1", tab="Files")
    manage.delete(tiny)
    press(app, "Delete it")
    assert "tiny-1" not in all_runs(app).index
    assert app.selectbox(key="model").value == registry.DEFAULT


def test_a_shipped_model_can_only_be_downloaded():
    app = show(model="mlp-256", tab="Files")
    assert not {"Rename", "Delete it"} & buttons(app)
    assert len(app.get("download_button")) == 1
    assert "came with the project" in words(app)


# Export


def exported(app: AppTest) -> AppTest:
    """The page once the export that was begun is over."""
    wait_until(lambda: "Cancel" not in buttons(app.run()), "the export")
    return still_well(app)


def test_an_export_is_made_beside_the_server_and_can_be_downloaded():
    app = show(model="mlp-256", tab="Files", export="Keras script")
    assert {format.title for format in FORMATS.values()} == set(choices(app, "Format"))
    exported(press(app, "Export"))
    assert not app.error
    assert "mlp-256.py" in app.get("download_button")[1].proto.label
    app = choose(app, "Format", "ONNX")  # which was not made
    assert "Export" in buttons(app)


@pytest.mark.slow
def test_what_an_export_predicts_is_compared_and_it_can_be_cancelled(tiny):
    app = press(show(model="tiny-1", tab="Files", export="LiteRT, 8 bits"), "Export")
    press(app, "Cancel")
    assert "Export" in buttons(app)
    exported(press(app, "Export"))
    assert "of 1,000 test images" in words(app)
    assert "tiny-1-int8.tflite" in app.get("download_button")[1].proto.label


@pytest.mark.slow
def test_a_run_that_is_deleted_while_it_is_exported_is_said_to_be_gone(tiny):
    app = press(show(model="tiny-1", tab="Files", export="Keras"), "Export")
    manage.delete(tiny)
    assert not exported(app).error  # the page shows another model now
    assert "tiny-1" not in all_runs(app).index


def test_a_run_that_trains_is_to_be_stopped_first(running):
    app = select(show(), "tiny-running")
    assert "stop it on the Train page first" in words(app)
    assert "Delete it" not in buttons(app)
