"""A demo's server as it runs, below a base path: what is refused before Streamlit sees it."""

import json
import socket
import urllib.error
import urllib.request
from http.cookies import SimpleCookie

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from fmnist.app.server.person_cookie import NAME
from tests.browser.serving import running_server

pytestmark = pytest.mark.slow
BASE = "fashion"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_MODE", "public")
        patch.setenv("FMNIST_LOG", "json")
        patch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", BASE)
        patch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "demo.example")
        with running_server(tmp_path_factory.mktemp("demo"), warm=False) as running:
            yield running


def ask(server, path: str, host: str = "demo.example", **more):
    """Status, headers and body of what the server responds."""
    headers = {"Host": host, "Accept": "text/html"} | more.pop("headers", {})
    request = urllib.request.Request(f"{server.url}/{path}", headers=headers, **more)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_page_comes_with_its_cookie_and_headers(server):
    status, headers, body = ask(server, f"{BASE}/models")
    assert status == 200
    assert b"<title>" in body
    cookies = SimpleCookie(", ".join(headers.get_all("set-cookie")))
    assert cookies[NAME]["path"] == f"/{BASE}"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_health_is_at_the_root_too(server):
    for path in ("health", f"{BASE}/health"):
        status, _, body = ask(server, path)
        assert (status, json.loads(body)["status"]) == (200, "ok")


def opens(server, host: str) -> bool:
    """Whether a page's WebSocket opens that was sent to this name, which leads to the server."""
    there = socket.create_connection(("127.0.0.1", server.port))
    try:
        with connect(f"ws://{host}/{BASE}/_stcore/stream", sock=there, origin=f"http://{host}"):
            return True
    except (InvalidHandshake, ConnectionClosed):
        return False


def test_another_sites_name_gets_neither_page_nor_websocket(server):
    assert ask(server, BASE, host="evil.example")[0] == 421
    assert opens(server, "demo.example")
    assert not opens(server, "evil.example")


def test_an_upload_above_the_cap_is_refused_before_it_is_sent(server):
    path = f"{BASE}/_stcore/upload_file/some-page/some-file"
    size = {"Content-Length": str(60_000_000)}
    status, _, body = ask(server, path, method="PUT", headers=size)
    assert status == 413
    assert b"50 MB" in body


def test_its_log_has_a_json_object_a_line(server):
    ask(server, f"{BASE}/models")
    lines = (server.runs / ".server.log").read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines if line.startswith("{")]
    assert {"start", "request"} <= set(events)
