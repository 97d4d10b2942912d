"""Lesson files: what they may hold, and the sentence for each that cannot be used."""

from itertools import pairwise

import pytest

from fmnist.app.shared.pages import PAGES
from fmnist.recipes.lessons import library, places, reading
from fmnist.recipes.lessons.lesson import LessonError, Link

FRONT = "---\ntitle: Kernels\nminutes: 10\n---\n"
LESSON = (
    FRONT
    + """Why one would want to know.

## Train
Read <b>this</b>, and [a page](https://keras.io).
[Open it](/train?recipe=tiny&epochs=2)
Done when: training

## Predict: better?
- [x] Yes
- [ ] No

## Question: why?
## Solution
Because.
```
## no heading
[no link](nowhere)
```
## For teachers
Wait.
"""
)

LAUGHS = f"[&a [x, x], {', '.join(f'&{b} [*{a}, *{a}]' for a, b in pairwise('abcdefghijklmnopqrstuvwxyz'))}]"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A function that puts a lesson of one's own into the folder."""
    monkeypatch.setenv("FMNIST_LESSONS", str(tmp_path))

    def write(content: str | bytes, name: str = "mine.md"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_lesson_is_read_from_a_file(own):
    lesson = reading.read(own(LESSON))
    assert (lesson.title, lesson.minutes, lesson.hide) == ("Kernels", 10, frozenset())
    train, predict, question = lesson.steps
    assert train.done_when == "training"
    assert train.parts[0] == "Read <b>this</b>, and [a page](https://keras.io)."
    assert train.parts[1] == Link("Open it", "train", (("recipe", "tiny"), ("epochs", "2")))
    assert (predict.kind, predict.choices, predict.outcome) == ("prediction", ("Yes", "No"), "Yes")
    assert question.kind == "question"
    assert "[no link](nowhere)" in question.solution[0]
    assert lesson.teachers == ("Wait.",)


def test_a_file_from_an_editor_for_windows_reads_the_same(own):
    lesson = reading.read(own(LESSON))
    assert lesson == reading.read(own(b"\xef\xbb\xbf" + LESSON.replace("\n", "\r\n").encode()))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LESSON.replace("/train", "/trian"), "line 9: there is no page `trian`"),
        (LESSON.replace("epochs", "epoch"), "line 9: the page `train` takes no `epoch`"),
        (LESSON.replace("epochs=2", "epochs=-2"), "line 9: Epochs must be a whole number from 1"),
        (LESSON.replace("tiny", "teeny"), "line 9: There is no recipe 'teeny'"),
        (LESSON.replace("/train", "/sweep").replace("epochs=2", "batch_size=8"), "two values"),
        (LESSON.replace("[Open", "Now [Open"), "line 9: the link"),
        (LESSON.replace("when: training", "when: bored"), "line 10: `Done when: bored`"),
        (LESSON.replace("- [ ] No\n", ""), "line 12: a prediction needs two choices"),
        (FRONT + "## Solution\n", "line 5: a solution without a question"),
        (FRONT, "no step"),
        (FRONT + "## Step\n" * 41, "41 steps"),
        ("## Train\n", "line 1: no front matter"),
        (LESSON.replace("minutes: 10", "minutes: ten"), "line 3: `minutes` is 'ten'"),
        (LESSON.replace("minutes: 10\n", ""), "no `minutes`"),
        (LESSON.replace("minutes", "minute"), "line 3: the front matter has no field `minute`"),
        (LESSON.replace("minutes: 10", "minutes: 10\nhide: [quiz]"), "line 4: `hide` is ['quiz']"),
        (LESSON.replace("title: Kernels", "title: [Kernels"), "is not YAML"),
        (LESSON.replace("title: Kernels", "title: !!timestamp x"), "is not YAML"),
        (LESSON.replace("minutes: 10", "minutes: !!bool x"), "is not YAML"),
        (LESSON.replace("Wait", "\xe9").encode("latin-1"), "line 24: not UTF-8"),
        (LESSON + "x" * reading.LARGEST, "over 200 KB"),
        (LESSON.replace("minutes: 10", f"minutes: 10\nhide: {LAUGHS}"), "line 4: `hide` is [["),
        (LESSON.replace("minutes: 10", "minutes: " + "[" * 200), "is not YAML"),
        (LESSON + "[" * 20_000 + "](train?a=1)", "line 25: the link"),
        (LESSON + "[go](javascript:alert)", "line 25: there is no page"),
    ],
)
def test_what_is_wrong_with_a_lesson_is_one_sentence_with_its_file_and_line(own, content, said):
    with pytest.raises(LessonError) as caught:
        reading.read(own(content))
    message = str(caught.value)
    assert message.startswith("mine.md")
    assert said in message
    assert message.count("\n") == 0


def test_of_own_lessons_those_that_cannot_be_used_hide_no_other(own):
    own(LESSON, "kernels.md")
    own(LESSON, "Start.md")
    own("", "empty.md")
    own("", "notes.txt")
    lessons, problems = library.own()
    assert [lesson.name for lesson in lessons] == ["kernels"]
    assert len(problems) == 2
    assert library.find("kernels").path.name == "kernels.md"
    with pytest.raises(LessonError, match="no lesson `none`"):
        library.find("none")


def test_a_lesson_that_is_changed_is_read_again(own):
    own(LESSON, "kernels.md")
    assert library.find("kernels").title == "Kernels"
    own(LESSON.replace("Kernels", "Filters"), "kernels.md")
    assert library.find("kernels").title == "Filters"


def test_the_lessons_that_ship_can_be_read_and_begin_with_start():
    assert library.shipped()[0].name == library.START


def test_links_may_lead_to_each_page():
    assert places.PLACES.keys() == PAGES.keys()
