"""Who is let into a class, and who is its teacher."""

import os
import stat
import threading

import pytest

from fmnist.people import acting, attempts, classroom, limits, members, person
from fmnist.people.classroom import ClassError
from fmnist.people.limits import Limits
from fmnist.people.person import OWNER, Person

ANNA, BEN, TEACHER = "a" * 16, "b" * 16, "c" * 16
PASSWORD = "correct horse"


@pytest.fixture
def code(monkeypatch) -> str:
    monkeypatch.setenv("FMNIST_MODE", "class")
    monkeypatch.setattr(members, "_codes", attempts.Attempts(10, 300))
    monkeypatch.setattr(members, "_passwords", attempts.Attempts(5, 60))
    with acting.acting_as(OWNER):
        return classroom.begin(PASSWORD)


def test_who_knows_the_code_is_let_in_however_they_write_it(code):
    assert not members.has_joined(ANNA)
    members.join(ANNA, f" {code[:3].lower()} {code[3:]} ")
    assert members.has_joined(ANNA)
    assert not members.is_teacher(ANNA)
    assert not members.has_joined(BEN)


def test_a_wrong_code_lets_nobody_in(code):
    for wrong in ("", "AAAAAA", "é" * 6, "\ud800", "A" * 100_000):
        with pytest.raises(ClassError, match="wrong"):
            members.join(ANNA, wrong)
    assert not members.has_joined(ANNA)


def test_who_knows_the_password_is_a_teacher_until_they_say_otherwise(code):
    with pytest.raises(ClassError):
        members.teach(ANNA, "correct hors")
    members.teach(TEACHER, PASSWORD)
    assert members.is_teacher(TEACHER)
    assert not members.is_teacher(ANNA)
    members.no_longer_teach(TEACHER)
    assert not members.is_teacher(TEACHER)
    assert members.has_joined(TEACHER)


def test_nobody_finds_the_password_by_trying(code):
    for _ in range(5):
        with pytest.raises(ClassError, match="is wrong"):
            members.teach(ANNA, "a guess")
    with pytest.raises(ClassError, match="Too many"):
        members.teach(ANNA, PASSWORD)
    members.teach(TEACHER, PASSWORD)  # others still can


def test_who_tries_under_many_names_keeps_nobody_out_elsewhere():
    tries = attempts.Attempts(each=5, from_one=10)
    for number in range(10):
        tries.check(f"pupil {number}", "192.0.2.7", "passwords")
    with pytest.raises(ClassError, match="Too many"):
        tries.check("pupil 10", "192.0.2.7", "passwords")
    tries.check("teacher", "", "passwords")


def test_the_files_tell_neither_password_nor_are_for_others_to_read(code, home):
    members.teach(TEACHER, PASSWORD)
    folder = home / ".class"
    for path in folder.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name != "posix"
    with acting.acting_as(OWNER):
        assert classroom.begin() == code  # the next day
    assert classroom.fits(PASSWORD, classroom.settings().password)


@pytest.mark.parametrize("name", ["settings.json", "members.json", "limits.json"])
def test_a_damaged_file_lets_nobody_in(code, home, name):
    for content in (b"", b"{", b"[" * 9_999, b"null", b'{"code": 1}', b'{"a": 1}'):
        (home / ".class" / name).write_bytes(content)
        assert not members.has_joined(ANNA)
        assert not members.is_teacher(ANNA)
        assert limits.of(Person(ANNA)).waiting is not None


def test_without_settings_neither_code_nor_password_fits(code, home):
    (home / ".class" / "settings.json").unlink()
    for given in ("", code):
        with pytest.raises(ClassError):
            members.join(ANNA, given)
    for given in ("", PASSWORD):
        with pytest.raises(ClassError):
            members.teach(ANNA, given)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 201])
def test_a_password_that_is_too_short_or_too_long_is_refused(home, password):
    with acting.acting_as(OWNER), pytest.raises(ClassError, match=str(len(password))):
        classroom.begin(password)


def test_of_many_who_join_at_once_each_is_let_in(code):
    people = [person.id_of(str(number)) for number in range(20)]
    threads = [threading.Thread(target=members.join, args=(each, code)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(members.all_of_them()) == set(people)


def test_for_the_next_class_all_but_the_teacher_join_again(code):
    members.join(ANNA, code)
    members.teach(TEACHER, PASSWORD)
    with acting.acting_as(OWNER):
        members.dismiss()
    assert not members.has_joined(ANNA)
    assert members.is_teacher(TEACHER)
    with pytest.raises(ClassError):
        members.join(ANNA, code)


def test_limits_are_the_teachers_to_set_and_not_for_the_teacher(code):
    with acting.acting_as(Person(ANNA)), pytest.raises(ClassError, match="teacher"):
        limits.change(Limits())
    with acting.acting_as(OWNER):
        limits.change(Limits(waiting=1, epochs=5))
    assert limits.of(Person(ANNA)) == Limits(waiting=1, epochs=5)
    assert limits.of(OWNER) == Limits()


def test_what_cannot_be_written_is_a_sentence(home):
    home.mkdir(parents=True)
    (home / ".class").write_text("no folder")
    with pytest.raises(ClassError, match="cannot be kept"):
        classroom.begin(PASSWORD)
