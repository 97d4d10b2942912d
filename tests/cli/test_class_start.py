"""What `app --class` says before the server starts, and asks."""

import re

import pytest

from fmnist.cli import arguments, class_start
from fmnist.machine import network
from fmnist.people import classroom, mode
from fmnist.people.classroom import ClassError


@pytest.fixture(autouse=True)
def undone(monkeypatch):
    for name in ("FMNIST_MODE", class_start.PASSWORD):
        monkeypatch.setenv(name, "")  # or what is set meanwhile would stay


def started(*more: str) -> list[str]:
    return class_start.prepare(arguments.parser().parse_args(["app", "--class", *more]))


def test_it_says_how_to_join_and_the_link_has_the_code(monkeypatch, capsys):
    monkeypatch.setenv(class_start.PASSWORD, "correct horse")
    monkeypatch.setattr(network, "addresses", lambda: ["192.0.2.7", "198.51.100.7"])
    started("--port", "8765")
    printed, code = capsys.readouterr().out, classroom.settings().code
    assert f"http://192.0.2.7:8765/?join={code}" in printed
    assert "http://198.51.100.7:8765" in printed
    assert "http://localhost:8765/teacher" in printed
    assert "█" in printed
    assert "correct horse" not in printed
    assert mode.current() == "class"


def test_without_a_network_it_says_that_nobody_can_join(monkeypatch, capsys):
    monkeypatch.setenv(class_start.PASSWORD, "correct horse")
    monkeypatch.setattr(network, "addresses", list)
    started()
    assert "no network" in capsys.readouterr().out


def test_the_password_is_asked_for_once_and_kept_for_the_next_day(monkeypatch, capsys):
    with pytest.raises(ClassError, match=class_start.PASSWORD):  # nobody to ask
        started()
    asked = iter(["battery staple", "battery stable", *2 * ["battery staple"]])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(asked))
    with pytest.raises(ClassError, match="differ"):
        started()
    started()
    code = re.search("join=(.+)", capsys.readouterr().out)
    started()
    assert re.search("join=(.+)", capsys.readouterr().out)[1] == code[1]
    assert classroom.fits("battery staple", classroom.settings().password)
