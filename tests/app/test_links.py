"""Links: what an address has of each page, and Share, which gives it to others."""

import re
from pathlib import Path

import pytest

from fmnist.app.shared.address import EVERYWHERE, quoted
from fmnist.recipes.lessons import library
from fmnist.recipes.lessons.lesson import LessonError
from fmnist.recipes.lessons.places import PLACES

from ..conftest import tells
from .visiting import address, press, still_well, text_of, visit, words

APP = Path(__file__).parents[2] / "fmnist/app"


def test_what_a_page_binds_to_its_address_is_among_the_names_it_knows():
    known = EVERYWHERE.union(*PLACES.values())
    bound = set()
    for file in APP.rglob("*.py"):
        source = file.read_text()
        for call in re.findall(r"\([^()]*(?:\([^()]*\)[^()]*)*bind=\"query-params\"", source):
            bound |= set(re.findall(r"\bkey=\"([a-z_]+)\"", call))
        bound |= set(re.findall(r"widgets\.choice\([^\"]*\"[^\"]*\"[^\"]*\"([a-z_]+)\"", source))
    assert {"model", "recipe", "split", "map"} <= bound
    assert bound <= known


def test_a_link_of_a_newer_version_says_what_is_not_known_and_the_rest_applies(home):
    link = {"recipe": "tiny", "colour": "x", "utm_source": "y", "step": "2"}
    app = still_well(visit("train", **link))
    (warning,) = app.warning
    assert tells(warning.value, "`colour`", "does not know")
    assert app.session_state["recipe"] == "tiny"


def test_what_a_link_says_is_repeated_as_code_alone():
    said = "Hat`\n\n[click](https://example.org)"
    assert quoted(said) == "`Hat [click](https://example.org)`"
    with pytest.raises(LessonError, match=re.escape("no lesson `Hat [click](")):
        library.find(said)


def test_share_gives_the_address_of_what_is_shown():
    app = visit("mistakes", model="mlp-256", view="Calibration")
    app.session_state["share"] = True
    (shared,) = [
        each for each in still_well(app.run()).get("bidi_component") if "link" in str(each.proto)
    ]
    assert "?model=mlp-256&view=Calibration" in str(shared.proto)


def test_another_sample_of_a_data_set_is_in_the_address():
    app = press(still_well(visit("data", sample="4")), "Show another sample")
    assert address(app) == {"sample": "5"}
    assert tells(text_of(still_well(visit("data", sample="-1")).warning), "`-1`", "999,999")


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ({"test_image": "7"}, "Test image 7"),
        ({"example": "Bag, drawn"}, "Example\\: Bag, drawn"),
        (
            {"test_image": "10000"},
            "There is no test image `10000`; expected a number from 0 to 9,999",
        ),
        ({"example": "Hat"}, "There is no example `Hat`"),
    ],
)
def test_a_link_names_what_is_classified(link, shown):
    app = still_well(visit("", model="mlp-256", **link))
    assert shown in words(app)
    is_possible = not app.warning
    assert address(app) == {"model": "mlp-256"} | (link if is_possible else {})


@pytest.mark.parametrize(
    ("page", "name", "good", "bad"),
    [
        ("mistakes", "view", "Calibration", "Magic"),
        ("models", "as", "Pareto chart", "pie chart"),
        ("data", "split", "test", "validation"),
    ],
)
def test_a_choice_of_a_link_is_made_and_one_that_does_not_exist_is_a_sentence(
    page, name, good, bad
):
    app = still_well(visit(page, **{name: good}))
    assert app.session_state[name] == good
    assert not app.warning
    app = still_well(visit(page, **{name: bad}))
    assert tells(text_of(app.warning), f"`{bad}`", "instead")
