"""What browsers are told to refuse."""

from starlette.middleware import Middleware

from fmnist.app.server.headers import FRAMES, SecurityHeaders, policy

from .asking import ask, site


def test_each_response_forbids_what_the_app_does_not_need():
    headers = ask(site(Middleware(SecurityHeaders))).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    rules = headers["content-security-policy"].split("; ")
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'self'"):
        assert rule in rules


def test_sites_that_may_frame_it_are_named_in_the_environment(monkeypatch):
    monkeypatch.setenv(FRAMES, "https://huggingface.co https://school.example")
    assert policy().endswith("frame-ancestors 'self' https://huggingface.co https://school.example")
