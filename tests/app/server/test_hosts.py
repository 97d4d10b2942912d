"""By which names the server is reached: a name of another site, which leads here, is refused."""

import pytest
from starlette.middleware import Middleware
from streamlit import config

from fmnist.app.server import stack
from fmnist.app.server.hosts import HostCheck, is_ours

from .asking import ask, connect, site


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "192.168.1.7:8501", "[::1]:8501"])
def test_this_computer_is_reached_by_its_own_names(host):
    assert ask(site(Middleware(HostCheck)), host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@e.example", "", "[", "a b"]
)
def test_another_name_is_refused_in_a_sentence(host):
    answer = ask(site(Middleware(HostCheck)), host=host)
    assert answer.status == 421
    assert b"--server.allowedHosts" in answer.body


def test_a_websocket_of_another_name_is_closed():
    assert connect(site(Middleware(HostCheck)), host="evil.example")["type"] == "websocket.close"


def test_a_proxys_name_is_allowed_by_streamlits_own_option():
    config.set_option("server.allowedHosts", ["demo.example", "*.school.example"])
    try:
        assert is_ours("demo.example")
        assert is_ours("a.school.example:443")
        assert is_ours("localhost")
        assert not is_ours("evil.example")
    finally:
        config.set_option("server.allowedHosts", [])


@pytest.mark.parametrize(("mode", "status"), [("personal", 421), ("class", 421), ("public", 200)])
def test_a_demo_may_have_any_name(monkeypatch, mode, status):
    monkeypatch.setenv("FMNIST_MODE", mode)
    assert ask(site(*stack.middleware()), host="demo.example").status == status
