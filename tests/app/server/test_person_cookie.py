"""Who is known by a cookie: given once, to a browser that opens a page, and to nobody else."""

from http.cookies import Morsel, SimpleCookie

import pytest
from starlette.middleware import Middleware
from streamlit import config

from fmnist.app.server import stack
from fmnist.app.server.person_cookie import NAME, PersonCookie
from fmnist.people import person

from .asking import ask, site

PAGE = "text/html,*/*"  # what a browser accepts that opens one


def given(app, accept=PAGE, path="/", **headers) -> Morsel | None:
    """The cookie that a request is answered with."""
    answer = ask(app, path, accept=accept, **headers)
    return SimpleCookie(answer.headers.get("set-cookie", "")).get(NAME)


@pytest.fixture
def app():
    return site(Middleware(PersonCookie))


def test_a_new_browser_gets_a_secret_with_its_first_page_and_keeps_it(app):
    cookie = given(app)
    assert person.is_secret(cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert cookie["max-age"] == str(365 * 24 * 3600)
    assert not cookie["secure"]
    assert given(app, cookie=f"{NAME}={cookie.value}") is None
    assert given(app).value != cookie.value


def test_what_a_page_loads_besides_gives_none(app):
    assert given(app, accept="*/*", path="/static/js/index.js") is None


def test_a_chosen_secret_is_replaced(app):
    assert person.is_secret(given(app, cookie=f"{NAME}=guess-me").value)


def test_behind_https_the_cookie_travels_by_https_alone(app):
    assert given(app, x_forwarded_proto="https")["secure"]


def test_below_a_base_path_the_cookie_goes_there_alone(app):
    config.set_option("server.baseUrlPath", "/fashion/")
    try:
        assert given(app, path="/fashion")["path"] == "/fashion"
    finally:
        config.set_option("server.baseUrlPath", "")


@pytest.mark.parametrize(("mode", "known"), [("", False), ("class", True), ("public", True)])
def test_somebody_at_their_own_computer_needs_no_cookie(monkeypatch, mode, known):
    monkeypatch.setenv("FMNIST_MODE", mode)
    assert (given(site(*stack.middleware())) is not None) == known
