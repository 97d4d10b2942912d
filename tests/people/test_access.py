"""Who may see and change what is in a folder."""

import pytest

from fmnist.people import access, mode, person
from fmnist.people.access import Access
from fmnist.people.person import OWNER, Person

ANNA, BEN = Person("a" * 16), Person("b" * 16)
TEACHER = Person("c" * 16, teacher=True)


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b'{"owner": 3}', b'{"owner": ""}', b"[" * 9_999]
)
def test_in_a_class_what_nobody_is_known_to_own_is_the_teachers(in_class, tmp_path, content):
    if content is not None:
        (tmp_path / access.FILE).write_bytes(content)
    for visitor in (ANNA, Person("")):
        assert not access.may_see(visitor, tmp_path)
        assert not access.may_change(visitor, tmp_path)
    for owner in (TEACHER, OWNER):
        assert access.may_see(owner, tmp_path)
        assert access.may_change(owner, tmp_path)


def test_others_see_what_is_shared_but_do_not_change_it(in_class, tmp_path):
    access.write(tmp_path, Access(ANNA.id))
    assert access.may_see(ANNA, tmp_path)
    assert access.may_change(ANNA, tmp_path)
    assert not access.may_see(BEN, tmp_path)
    access.write(tmp_path, Access(ANNA.id, shared=True))
    assert access.may_see(BEN, tmp_path)
    assert not access.may_change(BEN, tmp_path)
    assert access.may_change(TEACHER, tmp_path)


def test_on_ones_own_computer_everything_is_ones_own(tmp_path):
    access.write(tmp_path, Access(ANNA.id))
    assert access.may_change(BEN, tmp_path)


def test_an_id_does_not_tell_the_secret():
    one, other = person.new_secret(), person.new_secret()
    assert person.id_of(one) == person.id_of(one) != person.id_of(other)
    assert len(person.id_of(one)) == person.ID
    assert person.id_of(one) not in one


def test_a_mode_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setenv("FMNIST_MODE", "school")
    with pytest.raises(mode.ModeError, match="school"):
        mode.current()


def test_a_public_demo_trains_and_keeps_nothing(monkeypatch):
    assert mode.refusal("train") is None
    monkeypatch.setenv("FMNIST_MODE", "public")
    assert mode.refusal("train")
    assert mode.refusal("keep")
