"""The Train page, without a browser: the form, what fills it, and a run beside it."""

import json
import shutil

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from fmnist import machine
from fmnist.machine import folders
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes import registry
from fmnist.runs import changes, listing, queue
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence, wait_until
from .visiting import (
    buttons,
    choices,
    choose,
    field,
    fill_in,
    metric,
    press,
    show,
    still_well,
    text_of,
    visit,
    words,
)

TINY = registry.find("tiny")


def test_a_running_run_shows_its_progress_its_curves_and_stop(running):
    app = show("train")
    assert "running" in words(app)
    (progress,) = app.get("progress")
    assert "Epoch 2 of 3" in progress.proto.text
    assert progress.proto.value == 47
    assert "Stop" in buttons(app)
    assert "Resume" not in buttons(app)
    assert len(app.get("vega_lite_chart")) + len(app.get("arrow_vega_lite_chart")) >= 2


def test_stop_is_requested_and_shown(running):
    app = press(show("train"), "Stop")
    assert running.stop_requested
    assert "stopping" in words(app)
    assert "Stop" not in buttons(app)


def test_a_waiting_run_that_is_stopped_shows_no_epoch(make_run):
    run = make_run("tiny-waits", "queued", **machine.this_process())
    queue.request_stop(run)
    app = show("train")
    assert "stopping" in words(app)
    assert "Epoch" not in words(app)


def test_a_link_to_a_run_that_is_gone_says_so(running):
    app = linked(run="tiny-9")
    assert f"There is no run `tiny-9`. Showing {running.name} instead." in words(app)
    assert app.selectbox(key="run").value == running.name


def test_a_failed_run_says_why_and_can_be_resumed(failed):
    app = show("train")
    assert [error.value for error in app.error] == ["The loss became nan in epoch 1."]
    assert "Resume" in buttons(app)


def test_an_interrupted_run_says_what_may_have_happened_and_can_be_resumed(interrupted):
    app = show("train")
    assert "stopped unexpectedly" in text_of(app.warning)
    assert "Resume" in buttons(app)


def test_a_broken_run_says_what_is_broken(broken):
    app = show("train")
    assert "run.json" in text_of(app.error)
    assert not {"Stop", "Resume"} & buttons(app)


def test_a_waiting_run_says_its_place_and_about_how_long(make_run):
    for name in ("earlier", "later"):
        make_run(name, "queued", "sprint", **machine.this_process())
    app = show("train")  # shows the newest
    assert "place 2 of 2, about 40 s" in text_of(app.info)
    assert "Stop" in buttons(app)
    assert "place 1 of 2" in text_of(choose(app, "Run", "earlier").info)


def test_a_finished_run_shows_its_figures_and_the_way_to_the_other_pages(tiny):
    app = show("train")
    assert "finished" in words(app)
    assert metric(app, "Test accuracy") == f"{tiny.result['test_accuracy']:.2%}"
    assert metric(app, "Validation accuracy") == f"{tiny.result['validation_accuracy']:.2%}"
    assert not {"Stop", "Resume"} & buttons(app)
    labels = {link.proto.label for link in app.get("page_link")}
    assert labels == {"Try it", "See its mistakes"}


def test_the_layers_of_every_shipped_model_have_its_architectures_parameters():
    for name in registry.RECIPES:
        if (folders.SHIPPED / name).is_dir():
            found = sum(layer["parameters"] for layer in listing.find(name).result["layers"])
            assert found == ARCHITECTURES[registry.find(name).architecture].parameters, name


# With a reported accuracy and without; with re-splits; with a teacher. The layers of what does not
# ship take a worker seconds to find out: see test_launcher.py.
KNOWN = ("mlp-256", "dropout-cnn", "quality", "student")


def test_a_recipe_says_what_it_is_and_whoever_asks_sees_its_layers_and_its_source():
    app = show("train")
    assert not app.dataframe
    app.session_state["train.details"] = True
    for name in KNOWN:
        recipe, app = registry.find(name), choose(app, "Recipe", name)
        assert recipe.summary in words(app)
        parameters = ARCHITECTURES[recipe.architecture].parameters
        assert metric(app, "Parameters") == f"{parameters:,}", name
        if published := recipe.reported_accuracy:
            assert metric(app, "Reported accuracy") == f"{published:.2%}", name
        else:
            assert "Reported accuracy" not in {shown.label for shown in app.metric}
        measured = listing.find(name).result["test_accuracy"]
        assert metric(app, "Measured") == f"{measured:.2%}", name
        (layers,) = app.dataframe
        assert layers.value["Parameters"].sum() == parameters, name
        assert recipe.source in words(app)


def linked(**query: str) -> AppTest:
    """The page as a link opens it."""
    return still_well(visit("train", **query))


def test_where_no_run_can_be_written_start_says_so(tmp_path, monkeypatch, tiny):
    app = linked(recipe="tiny")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "file"))
    assert "No run directory can be written" in text_of(press(app, "Start").error)


def test_where_too_many_wait_neither_start_nor_resume_adds_one(make_run, failed, home, monkeypatch):
    make_run("waits", "queued", **machine.this_process())
    monkeypatch.setenv("FMNIST_QUEUE", "1")
    for label in ("Start", "Resume"):
        app = press(linked(run=failed.name), label)
        assert any("wait to be trained" in error.value for error in app.error)
    assert {path.name for path in home.iterdir() if path.is_dir()} == {"waits", failed.name}


def test_start_starts_a_worker_with_the_settings(tiny, home):
    app = linked(recipe="tiny")
    fill_in(fill_in(app, "Epochs", 1), "Seed", 5).run()
    field(app, "Augmentation").select("flip")
    assert choices(app, "Pretrained weights") == ["tiny-1"]
    app = choose(choose(app, "Mix", "cutmix"), "Pretrained weights", "tiny-1")
    assert "no validation accuracy" in words(app)  # tiny-1 has another seed
    fill_in(app, "Seed", 0)
    assert "no validation accuracy" not in words(app.run())
    field(app, "Teachers").select("tiny-1")
    app = press(fill_in(app, "Batch size", 32), "Start")
    run = Run(home / "tiny-2")
    changes = {"epochs": 1, "batch_size": 32, "augmentation": ["flip"], "mix": "cutmix"}
    changes |= {"pretrained": "tiny-1", "teachers": ["tiny-1"]}
    assert run.recipe == registry.find("tiny").changed(**changes)
    assert run.state in ACTIVE
    assert app.selectbox(key="run").value == "tiny-2"
    assert "Stop" in buttons(app)
    wait_until(lambda: run.status.get("pid"), "its worker")


def test_resume_puts_a_run_back_in_the_queue_where_it_can_be_stopped(failed, make_run, monkeypatch):
    monkeypatch.setenv("FMNIST_WORKERS", "1")
    with queue.turn(make_run("ahead")):
        app = press(linked(run=failed.name), "Resume")
        assert failed.state == "queued"
        press(app, "Stop")
        wait_until(lambda: failed.state == "stopped", "its worker's end")


@pytest.mark.parametrize("as_what", ["Pretrained weights", "Teachers"])
def test_start_with_a_run_that_is_gone_is_one_sentence_and_starts_nothing(tiny, home, as_what):
    app = linked(recipe="tiny")
    if as_what == "Teachers":
        field(app, "Teachers").select("tiny-1").run()
    else:
        choose(app, as_what, "tiny-1")
    shutil.rmtree(tiny.path)
    (error,) = press(app, "Start").error
    assert "There is no run 'tiny-1'" in error.value
    assert in_one_sentence(error.value)
    assert not [path for path in home.iterdir() if path.is_dir()]


# After a training that diverged or learned nothing


def test_a_run_that_learns_nothing_says_so_and_what_to_try(running, tiny):
    RunWriter(running).add_metrics(epoch=2, end_of_epoch=True, loss=2.3, accuracy=0.1)
    assert "No better than guessing" in text_of(linked(run=running.name).warning)
    content = json.loads((tiny.path / "result.json").read_text())
    (tiny.path / "result.json").write_text(json.dumps(content | {"test_accuracy": 0.1}))
    app = linked(run="tiny-1")
    assert "10.0% of the test images" in text_of(app.warning)
    assert "Start again with learning rate 0.0003" in buttons(app)


def test_a_run_whose_checkpoint_is_damaged_can_be_started_again(running, home):
    RunWriter(running).add_metrics(epoch=2, end_of_epoch=True, loss=0.8, accuracy=0.7)
    RunWriter(running).update_status(state="failed", error="The disk is full.")
    app = show("train")  # epochs were done, but no checkpoint is there
    assert "checkpoint is missing" in text_of(app.warning)
    assert "Resume" not in buttons(app)
    press(app, "Start again")
    assert Run(home / "tiny-1").recipe == running.recipe


# Settings that change while a run trains


def test_only_a_run_that_trains_or_waits_offers_to_change_its_settings(running, tiny):
    inside = {each.label for each in changing(linked(run=running.name))}
    assert inside == {"Learning rate", "Augmentation", "Mix"}
    assert not changing(linked(run="tiny-1"))


def changing(app: AppTest) -> list:
    """The fields of the popover."""
    kinds = [app.number_input, app.multiselect, app.selectbox]
    return [each for kind in kinds for each in kind if (each.key or "").startswith("train.change.")]


def change(app: AppTest, label: str, value: object) -> None:
    """Set one of them; the form is sent with Apply."""
    (found,) = (each for each in changing(app) if each.label == label)
    found.set_value(value)


def test_apply_asks_for_what_was_changed_and_says_from_when_it_has_effect(running):
    app = linked(run=running.name)
    change(app, "Learning rate", 0.02)
    press(app, "Apply")
    (asked,) = changes.asked(running)
    assert (asked["field"], asked["value"]) == ("learning_rate", 0.02)
    changes.place(running, 1.25, 3, [])
    app = still_well(app.run())
    assert [toast.value for toast in app.toast] == ["Learning rate 0.02 from epoch 1.25."]
    assert "0.003, then 0.02 from epoch 1.25" in words(app)
    assert f"The settings that **{running.name}** began with" in words(app)
    assert not still_well(app.run()).toast  # once
    (said, *_) = (rows for rows in rows_of(app, "changes") if len(rows) == 2)
    assert said[1]["epoch"] == 1.25


def rows_of(app: AppTest, name: str) -> list[list[dict]]:
    """The rows of the charts' data of that name."""
    found = []
    for chart in [*app.get("vega_lite_chart"), *app.get("arrow_vega_lite_chart")]:
        for dataset in chart.proto.datasets:
            if dataset.name == name:
                found.append(convert_arrow_bytes_to_pandas_df(dataset.data.data).to_dict("records"))
    return found


def test_a_tab_that_shows_older_settings_changes_what_its_visitor_has_set_and_nothing_else(running):
    one, other = linked(run=running.name), linked(run=running.name)
    change(one, "Learning rate", 0.02)
    press(one, "Apply")
    change(other, "Mix", "fmix")
    press(other, "Apply")
    assert [(each["field"], each["value"]) for each in changes.asked(running)] == [
        ("learning_rate", 0.02),
        ("mix", "fmix"),
    ]


def test_what_cannot_be_and_a_run_that_has_just_ended_are_a_sentence(running):
    app = linked(run=running.name)
    change(app, "Learning rate", -3.0)
    app = press(app, "Apply")
    assert "Learning rate must be a number above 0, not -3.0." in text_of(app.error)
    change(app, "Learning rate", 0.02)
    RunWriter(running).update_status(state="failed", error="The disk is full.")
    app = press(app, "Apply")
    assert "tiny-running is failed; only a run that trains or waits" in words_and_toasts(app)
    assert changes.asked(running) == []


def words_and_toasts(app: AppTest) -> str:
    return f"{words(app)}\n{text_of(app.toast)}"


def test_a_damaged_file_of_changes_is_a_sentence_and_the_page_is_whole(running):
    (running.path / "changes.json").write_text("{")
    app = show("train")
    assert "changes.json is damaged" in text_of(app.warning)
    assert "Stop" in buttons(app)
    assert "learning rate 0.003" in words(app)
    assert not changing(app)
