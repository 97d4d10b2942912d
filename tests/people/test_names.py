"""What the persons of a class are called."""

import pytest

from fmnist.people import classroom, names
from fmnist.people.classroom import ClassError

from ..conftest import in_one_sentence

ANNA, BEN = "a" * 16, "b" * 16
pytestmark = pytest.mark.usefixtures("in_class", "home")


def test_who_has_chosen_no_name_is_called_by_the_id():
    assert names.of(ANNA) == "Guest aaaa"
    names.choose(ANNA, "  Anna\t K. ")
    assert names.of(ANNA) == "Anna K."
    names.choose(ANNA, "")
    assert names.of(ANNA) == "Guest aaaa"


@pytest.mark.parametrize(
    "name", ["anna", "ＡＮＮＡ", "Teacher", "Guest aaaa", "x" * 25, "...", "a\x07b"]
)
def test_nobody_takes_anothers_name_or_one_that_is_none(name):
    names.choose(ANNA, "Anna")
    with pytest.raises(ClassError) as error:
        names.choose(BEN, name)
    assert in_one_sentence(str(error.value))
    assert names.of(BEN) == "Guest bbbb"


def test_a_damaged_list_of_names_is_as_none(home):
    names.choose(ANNA, "Anna")
    (home / ".class" / names.FILE).write_text('{"a": 3}')
    assert names.of(ANNA) == "Guest aaaa"


def test_names_go_with_the_class():
    names.choose(ANNA, "Anna")
    names.choose(BEN, "Ben")
    names.forget_all_but({BEN})
    assert [names.of(ANNA), names.of(BEN)] == ["Guest aaaa", "Ben"]
    assert classroom.read(names.FILE, dict[str, str]) == {BEN: "Ben"}
