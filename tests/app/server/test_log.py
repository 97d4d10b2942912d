"""The log for programs: a JSON object a line, and no secret in it."""

import json
import logging

import pytest
from starlette.middleware import Middleware

from fmnist.app.server import log
from fmnist.app.server.hosts import HostCheck
from fmnist.app.server.person_cookie import NAME
from fmnist.app.server.requests import RequestLog
from fmnist.people import person

from .asking import ask, site


@pytest.fixture
def lines(monkeypatch, capfd):
    """What was logged since."""
    monkeypatch.setenv(log.SETTING, "json")
    return lambda: [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_page_and_a_refusal_are_a_line_each_and_other_files_none(lines):
    app = site(Middleware(RequestLog), Middleware(HostCheck))
    secret = person.new_secret()
    ask(app, "/models", accept="text/html", cookie=f"{NAME}={secret}")
    ask(app, "/static/index.js")
    ask(app, "/", host="evil.example\n")
    page, refused, request = lines()
    assert (page["event"], page["path"], page["status"]) == ("request", "/models", 200)
    assert person.id_of(secret).startswith(page["person"])
    assert secret not in json.dumps(page)
    assert (refused["event"], refused["status"], request["status"]) == ("refused", 421, 421)


def test_an_error_of_a_library_is_a_line_with_its_traceback():
    try:
        raise ValueError("what\nhappened")
    except ValueError:
        record = logging.LogRecord("uvicorn", logging.ERROR, "", 1, "It %s", ("broke",), True)
        record.exc_info = __import__("sys").exc_info()
    line = json.loads(log.JsonFormatter().format(record))
    assert (line["level"], line["message"]) == ("error", "It broke")
    assert "what\nhappened" in line["error"]


def test_without_the_setting_nothing_is_logged(monkeypatch, capfd):
    monkeypatch.delenv(log.SETTING, raising=False)
    log.event("start")
    assert capfd.readouterr().err == ""
