"""The pages, without a browser: what they show in every situation a visitor can be in."""

import pytest

from fmnist.recipes import registry

from .visiting import choices, show, still_well, text_of

PAGES = ("try_it", "train", "mistakes")
SITUATIONS = ("running", "failed", "interrupted", "tiny", "broken")


# Every page in every situation


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_well_while_nothing_has_been_trained_here(place):
    app = show(place)
    assert not app.error
    if place != "train":
        assert choices(app, "Model")[0].split(" ")[0] == registry.DEFAULT
    else:
        assert "Nothing has been trained here yet" in text_of(app.info)


@pytest.mark.parametrize("place", ["try_it", "mistakes"])
def test_of_runs_of_all_kinds_only_one_with_a_model_is_offered_as_one(place, request):
    runs = {situation: request.getfixturevalue(situation).name for situation in SITUATIONS}
    app = show(place)
    offered = {name.split(" ")[0] for name in choices(app, "Model")}
    assert offered & set(runs.values()) == {runs["tiny"]}
    assert not app.error


def test_the_train_page_is_well_with_runs_of_all_kinds_at_once(request):
    for situation in SITUATIONS:
        request.getfixturevalue(situation)
    assert len(show("train").error) <= 1


# What each value of these files may be is tried where they are read: tests/runs/test_damaged_runs.py.
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", "{"),
        ("status.json", "null"),
        ("result.json", '{"test_accuracy": 1, "recipe": {}}'),
        ("metrics.jsonl", "{"),
    ],
)
def test_no_damaged_file_of_a_run_breaks_a_page(tiny, file, content):
    (tiny.path / file).write_text(content)
    app = show("train")
    for page in () if file == "metrics.jsonl" else ("mistakes", "try_it"):  # they do not read it
        still_well(app.switch_page(f"{page}/page.py").run())
