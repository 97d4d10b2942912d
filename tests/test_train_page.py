"""The Train page, without a browser: the form, what fills it, and a run beside it."""

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from fmnist import history, launch, machine, recipes, runs
from fmnist.architectures import ARCHITECTURES
from fmnist.augment import AUGMENTATIONS
from fmnist.recipe import Recipe
from fmnist.runs import Run

from .conftest import in_one_sentence, wait_until
from .test_pages import buttons, choices, choose, metric, press, show, still_well, words

TINY = recipes.find("tiny")


def test_a_running_run_shows_its_progress_its_curves_and_stop(running):
    app = show("train")
    assert "running" in words(app)
    assert "Epoch 2 of 3" in app.get("progress")[0].proto.text
    assert app.get("progress")[0].proto.value == 47
    assert "Stop" in buttons(app)
    assert "Resume" not in buttons(app)
    assert len(app.get("vega_lite_chart")) + len(app.get("arrow_vega_lite_chart")) >= 2


def test_stop_is_asked_for_and_seen_to_be(running):
    app = press(show("train"), "Stop")
    assert running.stop_requested
    assert "stopping" in words(app)
    assert "Stop" not in buttons(app)


def test_a_waiting_run_that_is_asked_to_stop_tells_no_epoch(make_run):
    run = make_run("tiny-waits", "queued", **machine.this_process())
    run.request_stop()
    app = show("train")
    assert "stopping" in words(app)
    assert "Epoch" not in words(app)


def test_a_link_to_a_run_that_is_gone_says_so(running):
    app = linked(run="tiny-9")
    assert f"There is no run `tiny-9` here (any more); this is {running.name}." in words(app)
    assert app.selectbox(key="run").value == running.name


def test_a_failed_run_says_why_and_can_be_resumed(failed):
    app = show("train")
    assert [error.value for error in app.error] == ["The loss became nan in epoch 1."]
    assert "Resume" in buttons(app)


def test_a_lost_run_says_what_may_have_happened_and_can_be_resumed(lost):
    app = show("train")
    assert "stopped unexpectedly" in app.warning[0].value
    assert "Resume" in buttons(app)


def test_a_broken_run_says_what_is_broken(broken):
    app = show("train")
    assert "run.json" in app.error[0].value
    assert not {"Stop", "Resume"} & buttons(app)


def test_a_waiting_run_says_behind_whom(make_run):
    earlier, later = make_run("earlier"), make_run("later")
    assert earlier.created_at < later.created_at
    app = show("train")  # shows the newest
    assert "behind 1: earlier" in app.info[0].value
    assert "Stop" in buttons(app)
    assert "Waits for its turn." in choose(app, "Run", "earlier").info[0].value


def test_a_finished_run_shows_its_figures_and_the_way_to_the_other_pages(tiny):
    app = show("train")
    assert "finished" in words(app)
    assert metric(app, "Test accuracy") == f"{tiny.result['test_accuracy']:.2%}"
    assert metric(app, "Validation accuracy") == f"{tiny.result['validation_accuracy']:.2%}"
    assert not {"Stop", "Resume"} & buttons(app)
    labels = {link.proto.label for link in app.get("page_link")}
    assert labels == {"Try it", "See its mistakes"}


# That of others takes a worker seconds to find out: see test_launch.py.
KNOWN = [name for name in recipes.RECIPES if (runs.SHIPPED / name).is_dir()]


def test_each_recipe_says_what_it_is_and_whoever_asks_sees_its_layers_and_its_source():
    app = show("train")
    assert not app.dataframe
    app.session_state["train.details"] = True
    for name in KNOWN:
        recipe, app = recipes.find(name), choose(app, "Recipe", name)
        assert recipe.summary in words(app)
        parameters = ARCHITECTURES[recipe.architecture].parameters
        assert metric(app, "Parameters") == f"{parameters:,}", name
        if published := recipe.published_accuracy:
            assert metric(app, "Published accuracy") == f"{published:.2%}", name
        else:
            assert "Published accuracy" not in {shown.label for shown in app.metric}
        measured = runs.find(name).result["test_accuracy"]
        assert metric(app, "Measured") == f"{measured:.2%}", name
        (layers,) = app.dataframe
        assert layers.value["Parameters"].sum() == parameters, name
        assert recipe.source in words(app)


def linked(**query: str) -> AppTest:
    """The page as a link opens it."""
    app = AppTest.from_file(runs.ROOT / "streamlit_app.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return still_well(app.switch_page("fmnist/pages/train.py").run())


def start_button(app: AppTest):
    (button,) = (button for button in app.button if button.label == "Start")
    return button


def fill_in(app: AppTest, label: str, value: float) -> AppTest:
    """Type a number into the form."""
    (field,) = (field for field in app.number_input if field.label == label)
    field.set_value(value)
    return app


def test_the_form_has_the_recipes_own_settings(tiny):
    app = linked(recipe="tiny")
    values = {field.label: field.value for field in app.number_input}
    assert values == {
        "Epochs": 3,
        "Batch size": 64,
        "Learning rate": 0.003,
        "Validation share": 0.2,
        "Seed": 0,
    }
    assert app.multiselect[0].value == []
    assert app.multiselect[0].options == list(AUGMENTATIONS)
    assert app.selectbox(key="train.tiny.mixing").value == ""


def test_settings_outlast_a_look_at_another_recipe(tiny):
    app = fill_in(choose(show("train"), "Recipe", "tiny"), "Epochs", 7).run()
    app.multiselect[0].select("flip").run()
    choose(app, "Recipe", "sprint")
    app = choose(app, "Recipe", "tiny")
    assert {field.label: field.value for field in app.number_input}["Epochs"] == 7
    assert app.multiselect[0].value == ["flip"]


def test_the_pictures_that_it_learns_from_follow_the_settings():
    def shown() -> list[str]:
        return [image.url for images in app.get("image") for image in images.proto.imgs]

    app = linked(recipe="tiny")
    assert not app.get("image")  # they are made when they are looked at
    app.session_state["train.preview"] = True
    app = still_well(app.run())
    assert "the same images in each epoch" in words(app)
    (plain,) = shown()
    app = still_well(app.multiselect[0].select("flip").run())
    assert "two epochs" in words(app)
    assert shown()[0] == plain
    flipped = shown()[1]
    choose(app, "Mixing", "fmix")
    assert shown()[0] == plain
    assert shown()[1] not in (plain, flipped)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Learning rate", 0.0),
        ("Learning rate", -1.0),
        ("Epochs", 0),
        ("Epochs", 10_001),
        ("Batch size", 0),
        ("Seed", -1),
        ("Validation share", 0.95),
        ("Validation share", -0.1),
    ],
)
def test_a_value_that_cannot_be_is_said_at_once_and_start_waits_for_another(label, value):
    app = fill_in(linked(recipe="tiny"), label, value).run()
    (error,) = app.error
    assert f"{label} must be" in error.value
    assert str(value).rstrip("0").rstrip(".") in error.value.replace(",", "")
    assert in_one_sentence(error.value)
    assert start_button(app).disabled
    app = fill_in(app, label, {"Validation share": 0.5}.get(label, 1)).run()
    assert not app.error
    assert not start_button(app).disabled


def test_a_recipe_that_needs_validation_images_says_so_when_the_share_is_taken_away():
    app = fill_in(linked(recipe="augmented-cnn"), "Validation share", 0.0).run()
    assert "needs a validation share above 0" in app.error[0].value
    assert start_button(app).disabled


def test_a_batch_larger_than_all_images_and_a_share_of_no_image_are_explained():
    app = fill_in(linked(recipe="tiny"), "Batch size", 5_000).run()
    assert "larger than the 4,800 images" in words(app)
    app = fill_in(fill_in(app, "Batch size", 64), "Validation share", 0.0001).run()
    assert "no validation accuracy" in words(app)
    assert not start_button(app).disabled


def test_where_no_run_can_be_written_start_says_so(tmp_path, monkeypatch, tiny):
    app = linked(recipe="tiny")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "file"))
    assert "No run can be written" in press(app, "Start").error[0].value


def test_where_too_many_wait_neither_start_nor_resume_adds_one(make_run, failed, home, monkeypatch):
    make_run("waits", "queued", **machine.this_process())
    monkeypatch.setenv("FMNIST_QUEUE", "1")
    for button in ("Start", "Resume"):
        app = press(linked(run=failed.name), button)
        assert any("wait to be trained" in error.value for error in app.error)
    assert {path.name for path in home.iterdir() if path.is_dir()} == {"waits", failed.name}


def test_start_trains_with_the_settings_and_the_model_can_be_used_at_once(tiny, home):
    app = linked(recipe="tiny")
    fill_in(fill_in(app, "Epochs", 1), "Seed", 5).run()
    app.multiselect[0].select("flip")
    assert choices(app, "Starting weights") == ["(random)", "tiny-1"]
    app = choose(choose(app, "Mixing", "cutmix"), "Starting weights", "tiny-1")
    assert "no validation accuracy" in words(app)  # tiny-1 has another seed
    fill_in(app, "Seed", 0)
    assert "no validation accuracy" not in words(app.run())
    app.multiselect[1].select("tiny-1")
    app = press(fill_in(app, "Batch size", 32), "Start")
    run = Run(home / "tiny-2")
    changes = {"epochs": 1, "batch_size": 32, "augmentation": ["flip"], "mixing": "cutmix"}
    changes |= {"pretrained": "tiny-1", "teachers": ["tiny-1"]}
    assert run.recipe == recipes.find("tiny").changed(**changes)
    assert run.state in runs.ACTIVE
    assert app.selectbox(key="run").value == "tiny-2"
    assert "Stop" in buttons(app)
    wait_until(lambda: run.state not in runs.ACTIVE, "the end of the training")
    still_well(app.run())
    assert metric(app, "Test accuracy") == f"{run.result['test_accuracy']:.2%}"
    app = show("mistakes")
    assert not choose(app, "Model", "tiny-2").error


@pytest.mark.parametrize("as_what", ["Starting weights", "Teachers"])
def test_start_with_a_run_that_is_gone_is_one_sentence_and_starts_nothing(tiny, home, as_what):
    app = linked(recipe="tiny")
    if as_what == "Teachers":
        app.multiselect[1].select("tiny-1").run()
    else:
        choose(app, as_what, "tiny-1")
    shutil.rmtree(tiny.path)
    (error,) = press(app, "Start").error
    assert "There is no run 'tiny-1'" in error.value
    assert in_one_sentence(error.value)
    assert not [path for path in home.iterdir() if path.is_dir()]


# What fills the form, and what does not


def form(app: AppTest) -> dict:
    """What the form holds, that of its folded part too."""
    boxes = [box for box in app.selectbox if box.label not in ("Run", "Precision")]
    return {field.label: field.value for field in [*app.number_input, *boxes, *app.multiselect]}


@pytest.fixture
def two_runs(home) -> tuple[Run, Run]:
    """Two that were trained with other settings than their recipes have; the second is newer."""
    ffnn = recipes.find("ffnn").changed(epochs=2, seed=4)
    flipped = TINY.changed(epochs=40, learning_rate=100, augmentation=["flip"], mixing="cutmix")
    pair = runs.create(ffnn), runs.create(flipped)
    for run in pair:
        run.update_status(state="failed", error="The loss became inf.", reason="diverged")
    return pair


OLDER = {"Recipe": "ffnn", "Epochs": 2, "Seed": 4, "Optimizer": "sgd", "Augmentation": []}
NEWER = {"Recipe": "tiny", "Epochs": 40, "Learning rate": 100, "Augmentation": ["flip"]}
NEWER |= {"Mixing": "cutmix", "Batch size": 64, "Starting weights": "", "Teachers": []}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({}, NEWER),
        ({"run": "ffnn-1"}, OLDER),
        ({"run": "tiny-1", "recipe": "tiny"}, NEWER),
        ({"run": "tiny-1", "recipe": "ffnn"}, OLDER | {"Epochs": 50, "Seed": 0}),
        ({"recipe": "ffnn"}, OLDER | {"Epochs": 50, "Seed": 0}),
    ],
)
def test_a_link_to_a_run_fills_the_form_and_one_to_another_recipe_counts_more(
    two_runs, link, expected
):
    app = linked(**link)
    assert expected.items() <= form(app).items()
    same = expected in (OLDER, NEWER)
    assert (f"The settings of **{app.selectbox(key='run').value}**" in words(app)) == same


def test_a_run_chosen_in_the_box_fills_the_form_and_own_changes_are_one_click_away(two_runs):
    app = fill_in(linked(run="tiny-1"), "Learning rate", 0.01).run()
    assert "Your settings" in words(app)
    app = choose(app, "Run", "ffnn-1")
    assert OLDER.items() <= form(app).items()
    app = choose(app, "Run", "tiny-1")
    assert NEWER.items() <= form(app).items()
    app = press(app, "Back to my changes")
    assert form(app)["Learning rate"] == 0.01
    assert NEWER.items() <= form(press(app, "Use these settings again")).items()


def test_own_changes_outlast_another_page_a_new_run_of_somebody_elses_and_a_deleted_one(two_runs):
    app = fill_in(linked(run="ffnn-1"), "Learning rate", 0.05).run()
    mine = form(app)
    app.switch_page("fmnist/pages/data.py").run()
    app = still_well(app.switch_page("fmnist/pages/train.py").run())
    assert (form(app), app.selectbox(key="run").value) == (mine, "ffnn-1")
    runs.create(recipes.find("sprint"))
    assert form(still_well(app.run())) == mine
    shutil.rmtree(two_runs[0].path)
    assert form(still_well(app.run())) == mine
    assert form(still_well(app.run())) == mine


def test_the_recipes_own_settings_are_one_click_away(two_runs):
    app = press(linked(run="tiny-1"), "Reset to the recipe")
    assert (form(app)["Epochs"], form(app)["Augmentation"]) == (3, [])
    assert "The recipe's own settings" in words(app)


def test_what_a_run_was_trained_with_can_be_read_first_what_differs_from_its_recipe(two_runs):
    app = linked(run="tiny-1")
    (line,) = (caption.value for caption in app.caption if "epochs **40**" in caption.value)
    assert "Recipe `tiny`" in line
    assert "learning rate **100** (recipe: 0.003)" in line
    assert "augmentation **flip** (recipe: none)" in line
    assert line.index("seed 0") > line.index("flip")
    (table,) = app.table
    assert table.value.iloc[:, 0]["Optimizer"] == "adam"


def test_a_run_that_no_recipe_here_makes_fills_the_form_with_all_it_has(home):
    strange = Recipe(name="own", architecture="tiny", label_smoothing=0.2, epochs=1)
    runs.create(strange).update_status(state="failed")
    press(show("train"), "Start")
    assert Run(home / "own-2").recipe == strange


def test_only_who_touches_the_form_makes_a_worker_load_what_it_needs(monkeypatch):
    monkeypatch.setenv("FMNIST_WARM", "1")
    app = linked(recipe="tiny")
    assert launch._warm is None
    fill_in(app, "Epochs", 1).run()
    worker, launch._warm = launch._warm, None
    with worker:
        worker.kill()


# After a training that diverged or learned nothing


def test_a_diverged_run_offers_a_lower_learning_rate_and_no_resume(two_runs, home):
    app = linked(run="tiny-1")
    assert "Resume" not in buttons(app)
    app = press(app, "Start again with 0.003")
    again = Run(home / "tiny-2")
    assert again.recipe == two_runs[1].recipe.changed(learning_rate=0.003)
    assert app.selectbox(key="run").value == "tiny-2"
    assert form(app)["Learning rate"] == 0.003


def test_a_run_that_learns_nothing_says_so_and_what_to_try(running, tiny):
    running.add_metrics(epoch=2, end_of_epoch=True, loss=2.3, accuracy=0.1)
    assert "No better than guessing" in linked(run=running.name).warning[0].value
    content = json.loads((tiny.path / "result.json").read_text())
    (tiny.path / "result.json").write_text(json.dumps(content | {"test_accuracy": 0.1}))
    app = linked(run="tiny-1")
    assert "10.0% of the test images" in app.warning[0].value
    assert "Start again with 0.0003" in buttons(app)


def test_a_run_whose_checkpoint_is_damaged_can_be_started_again(running, home):
    running.add_metrics(epoch=2, end_of_epoch=True, loss=0.8, accuracy=0.7)
    running.update_status(state="failed", error="The disk is full.")
    app = show("train")  # epochs were done, but no checkpoint is there
    assert "checkpoint is missing" in app.warning[0].value
    assert "Resume" not in buttons(app)
    press(app, "Start again")
    assert Run(home / "tiny-1").recipe == running.recipe


def test_start_says_how_long_it_takes_where_that_is_known():
    seconds = runs.find("sprint").result["seconds"]
    assert f"about {history.duration(seconds)}" in words(linked(recipe="sprint"))
    app = fill_in(linked(recipe="sprint"), "Epochs", 10).run()
    assert f"about {history.duration(2 * seconds)}" in words(app)
    app.multiselect[0].select("affine").run()
    assert "where it was measured" not in words(
        app
    )  # augmentation takes time that was not measured
