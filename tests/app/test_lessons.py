"""Lessons on the pages, without a browser: opened by an address, kept from page to page, left."""

import pytest

from .visiting import buttons, press, still_well, text_of, visit, words

LESSON = """---
title: My lesson
minutes: 10
hide: [layers, further, data, upload, advanced, delete]
---
About it.

## First
Read <b>this</b>.
[Go there](mistakes?true=Shirt)
## Predict: which?
- [x] This one
- [ ] That one
## Question: why?
## Solution
Because.
"""


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("FMNIST_LESSONS", str(tmp_path))
    path = tmp_path / "mine.md"
    path.write_text(LESSON)
    return path


def test_an_address_opens_a_lesson_which_lasts_until_it_is_left():
    app = still_well(visit("train", lesson="mine", step="1"))
    assert "My lesson" in words(app)
    press(app, "Next")
    assert app.query_params["step"] == "2"
    app.radio(key="lesson.prediction.mine.1").set_value("That one").run()
    press(app, "Next")
    app.query_params.clear()  # as the navigation does
    still_well(app.switch_page("mistakes/page.py").run())
    assert "You predicted: That one" in words(app)
    assert "**This one** (you predicted: That one)" in words(app)
    press(app, "Leave")
    assert "lesson" not in app.query_params
    assert "My lesson" not in words(app)


def test_a_lessons_button_leads_to_a_page_and_sets_what_is_chosen_there():
    app = still_well(visit("train", lesson="mine"))
    press(app, "Go there")
    assert app.title[0].value == "Mistakes"
    assert app.selectbox(key="true").value == "Shirt"
    assert "mine" in app.query_params["lesson"]


def test_a_lessons_button_sets_recipe_and_settings_whatever_was_trained_last(own, tiny):
    own.write_text(LESSON.replace("mistakes?true=Shirt", "train?recipe=ffnn&epochs=3"))
    app = still_well(visit("data", lesson="mine"))
    press(app, "Go there")
    assert app.selectbox(key="run").value == tiny.name
    assert app.selectbox(key="recipe").value == "ffnn"
    assert app.number_input(key="train.ffnn.epochs").value == 3


def test_html_in_a_lesson_is_no_markup():
    app = still_well(visit("train", lesson="mine"))
    (text,) = (each for each in app.markdown if "<b>" in each.value)
    assert not text.allow_html


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"lesson": "none"}, "There is no lesson `none`"),
        (
            {"lesson": "mine", "step": "99"},
            "Step `99` does not exist; expected a number from 1 to 3",
        ),
        ({"lesson": "mine", "step": "first"}, "Step `first` does not exist"),
        ({"lesson": "mine", "step": "0"}, "Step `0` does not exist"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_once(address, said):
    app = still_well(visit("data", **address))
    assert text_of(app.warning).count(said) == 1
    if "step" in address:
        assert "Leave" in buttons(app)


def test_an_open_lesson_whose_file_is_removed_closes(own):
    app = still_well(visit("data", lesson="mine"))
    own.unlink()
    assert "Leave" not in buttons(still_well(app.run()))


def test_learn_lists_own_lessons_and_what_is_wrong_with_others(own):
    (own.parent / "bad.md").write_text("no front matter")
    app = still_well(visit("learn"))
    assert "bad.md, line 1" in text_of(app.error)
    app.button(key="learn.mine.start").click().run()
    press(app, "Next")
    assert "1 of 3 steps done" in words(app)
    app.button(key="learn.mine.read").click().run()
    assert "Because." in words(app)


HIDDEN = {
    "": {"Camera"},
    "data": {"Add a data set"},
    "models": {"Delete it"},
    "train": {"Train further", "More settings"},
}


@pytest.mark.parametrize("page", HIDDEN)
def test_what_a_lesson_hides_cannot_be_reached_while_it_is_open(page, tiny):
    query = {"models": {"model": tiny.name, "tab": "Files"}, "train": {"run": tiny.name}}
    address = query.get(page, {})

    def controls(**lesson: str) -> set[str]:
        app = still_well(visit(page, **address, **lesson))
        fixed = {box.label for box in app.selectbox if box.disabled}
        return {*buttons(app), *(each.label for each in app.expander), *fixed}

    assert controls() >= HIDDEN[page]
    hiding = controls(lesson="mine")
    assert not hiding & HIDDEN[page]
    assert ("Data set" in hiding) == (page in ("data", "train"))


def test_what_is_done_once_does_one_step(own):
    text = LESSON.replace("Read <b>this</b>.", "Done when: mistake").replace(
        "Because.", "Because.\n## Last\nDone when: mistake"
    )
    own.write_text(text)
    app = still_well(visit("mistakes", lesson="mine", image="23"))
    assert "Done" in words(app)
    for number in range(3):
        app.button(key=f"lesson.next.mine.{number}").click().run()
    assert "Done" not in words(app)
    app.query_params["image"] = "42"
    assert "Done" in words(still_well(app.run()))
