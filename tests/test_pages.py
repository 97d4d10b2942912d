"""The pages, without a browser: what they show in every situation a visitor can be in."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from fmnist import machine, recipes, runs
from fmnist.architectures import ARCHITECTURES
from fmnist.augment import AUGMENTATIONS
from fmnist.runs import Run

from .conftest import in_one_sentence, wait_until

PAGES = ("try_it", "train", "mistakes")
SITUATIONS = ("running", "failed", "lost", "tiny", "broken")


def show(page: str) -> AppTest:
    """A visitor's first look at a page."""
    app = AppTest.from_file(runs.ROOT / "streamlit_app.py", default_timeout=60)
    return still_well(app.switch_page(f"fmnist/pages/{page}.py").run())


def still_well(app: AppTest) -> AppTest:
    """The same page, which must not have broken off."""
    assert not app.exception, app.exception
    assert app.title
    return app


def words(app: AppTest) -> str:
    """Everything the page says."""
    parts = [app.markdown, app.caption, app.subheader, app.info, app.error, app.warning]
    return "\n".join(str(element.value) for part in parts for element in part)


def choices(app: AppTest, label: str) -> list[str]:
    """What a select box offers."""
    (box,) = (box for box in app.selectbox if box.label == label)
    return box.options


def choose(app: AppTest, label: str, value: str) -> AppTest:
    """Choose from a select box."""
    (box,) = (box for box in app.selectbox if box.label == label)
    return still_well(box.select(value).run())


def press(app: AppTest, label: str) -> AppTest:
    """Press a button."""
    (button,) = (button for button in app.button if button.label == label)
    return still_well(button.click().run())


def buttons(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def metric(app: AppTest, label: str) -> str:
    (value,) = (metric.value for metric in app.metric if metric.label.startswith(label))
    return value


# Every page in every situation


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_well_while_nothing_has_been_trained_here(place):
    app = show(place)
    assert not app.error
    if place != "train":
        assert choices(app, "Model")[0].split(" ")[0] == recipes.DEFAULT
    else:
        assert "Nothing has been trained here yet" in app.info[0].value


@pytest.mark.parametrize("place", ["try_it", "mistakes"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_only_a_run_with_a_model_is_offered_as_one(place, situation, request):
    run = request.getfixturevalue(situation)
    app = show(place)
    offered = [name.split(" ")[0] for name in choices(app, "Model")]
    assert (run.name in offered) == (situation == "tiny")
    assert not app.error


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_well_with_runs_of_all_kinds_at_once(place, request):
    for situation in SITUATIONS:
        request.getfixturevalue(situation)
    app = show(place)
    assert len(app.error) <= (place == "train")


@pytest.mark.parametrize("file", ["run.json", "status.json", "result.json", "metrics.jsonl"])
@pytest.mark.parametrize("content", ["{", "null", '{"test_accuracy": 1, "recipe": {}}'])
def test_no_damaged_file_of_a_run_breaks_a_page(tiny, file, content):
    (tiny.path / file).write_text(content)
    app = show("train")
    for page in () if file == "metrics.jsonl" else ("mistakes", "try_it"):  # they do not read it
        still_well(app.switch_page(f"fmnist/pages/{page}.py").run())


# Train


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
    app = AppTest.from_file(runs.ROOT / "streamlit_app.py", default_timeout=60)
    app.query_params["run"] = "tiny-9"
    app = still_well(app.switch_page("fmnist/pages/train.py").run())
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


def fill_in(app: AppTest, label: str, value: float) -> AppTest:
    """Type a number into the form."""
    (field,) = (field for field in app.number_input if field.label == label)
    field.set_value(value)
    return app


def test_the_form_has_the_recipes_own_settings(tiny):
    app = choose(show("train"), "Recipe", "tiny")
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

    app = choose(show("train"), "Recipe", "tiny")
    assert "the same pictures in each epoch" in words(app)
    (plain,) = shown()
    app = still_well(app.multiselect[0].select("flip").run())
    assert "two epochs" in words(app)
    assert shown()[0] == plain
    flipped = shown()[1]
    choose(app, "Mixing", "fmix")
    assert shown()[0] == plain
    assert shown()[1] not in (plain, flipped)


def test_the_form_takes_no_number_that_a_recipe_does_not(tiny):
    app = choose(show("train"), "Recipe", "tiny")
    limits = {field.label: (field.min, field.max) for field in app.number_input}
    assert limits["Epochs"] == (1, 10_000)
    assert limits["Batch size"] == (1, 60_000)
    assert limits["Validation share"] == (0, 0.9)
    assert limits["Seed"] == (0, 2**31 - 1)


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_a_learning_rate_of_0_is_one_sentence_and_starts_nothing(tiny, home, rate):
    app = press(fill_in(choose(show("train"), "Recipe", "tiny"), "Learning rate", rate), "Start")
    (error,) = app.error
    assert "Learning rate must be above 0" in error.value
    assert in_one_sentence(error.value)
    assert [path.name for path in home.iterdir() if path.is_dir()] == ["tiny-1"]


def test_where_no_run_can_be_written_start_says_so(tmp_path, monkeypatch, tiny):
    app = choose(show("train"), "Recipe", "tiny")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "file"))
    assert "No run can be written" in press(app, "Start").error[0].value


def test_start_trains_with_the_settings_and_the_model_can_be_used_at_once(tiny, home):
    app = choose(show("train"), "Recipe", "tiny")
    fill_in(fill_in(app, "Epochs", 1), "Seed", 5).run()
    app.multiselect[0].select("flip")
    assert choices(app, "Starting weights") == ["(random)", "tiny-1"]
    app = choose(choose(app, "Mixing", "cutmix"), "Starting weights", "tiny-1")
    assert "Nothing will validate" in words(app)  # tiny-1 has another seed
    fill_in(app, "Seed", 0)
    assert "Nothing will validate" not in words(app.run())
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
    choose(app, "Model", "tiny-2")
    assert metric(app, "Test accuracy") == f"{run.result['test_accuracy']:.2%}"


@pytest.mark.parametrize("as_what", ["Starting weights", "Teachers"])
def test_start_with_a_run_that_is_gone_is_one_sentence_and_starts_nothing(tiny, home, as_what):
    app = choose(show("train"), "Recipe", "tiny")
    if as_what == "Teachers":
        app.multiselect[1].select("tiny-1").run()
    else:
        choose(app, as_what, "tiny-1")
    shutil.rmtree(tiny.path)
    (error,) = press(app, "Start").error
    assert "There is no run 'tiny-1'" in error.value
    assert in_one_sentence(error.value)
    assert not [path for path in home.iterdir() if path.is_dir()]
