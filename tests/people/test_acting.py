"""On whose behalf things are listed and changed."""

import threading

import pytest

from fmnist.people import acting
from fmnist.people.person import OWNER, Person

ANNA, NOBODY = Person("a" * 16), Person("")


pytestmark = pytest.mark.usefixtures("in_class")


def in_a_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def test_a_command_at_a_shell_is_whoever_sits_at_this_computer():
    assert acting.person() == OWNER


def test_a_thread_of_the_server_acts_for_nobody_unless_it_was_begun_for_somebody():
    acting.find_with(lambda: NOBODY)
    with acting.acting_as(ANNA):
        assert acting.person() == ANNA
        assert in_a_thread(acting.person) == NOBODY
        assert in_a_thread(acting.bound(acting.person)) == ANNA
    assert acting.person() == NOBODY


def test_in_personal_mode_nobody_else_acts(monkeypatch):
    monkeypatch.setenv("FMNIST_MODE", "personal")
    acting.find_with(lambda: NOBODY)
    with acting.acting_as(ANNA):
        assert acting.person() == OWNER
