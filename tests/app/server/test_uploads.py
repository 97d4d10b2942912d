"""Files that pages upload are kept in memory: above a limit they are refused, before they are read."""

import pytest
from starlette.middleware import Middleware

from fmnist.app.server import uploads
from fmnist.app.server.uploads import UploadCap
from fmnist.people.capacity import Capacity

from .asking import ask, site

LIMITS = Capacity(uploads=1_000, all_uploads=1_500)


@pytest.fixture
def held(monkeypatch):
    """Bytes by page, as Streamlit has them."""
    found = uploads.Counter()
    monkeypatch.setattr(uploads, "_held", lambda: found.copy())
    return found


def upload(page: str, length: str) -> int:
    app = site(Middleware(UploadCap, capacity=LIMITS))
    path = f"/base/_stcore/upload_file/{page}/some-file"
    return ask(app, path, method="PUT", content_length=length).status


def test_one_page_may_have_so_much(held):
    assert upload("a", "1000") == 200
    held["a"] = 1
    assert upload("a", "1000") == 413
    assert upload("b", "1000") == 200


def test_all_pages_may_have_so_much(held):
    held.update(a=700, b=700)
    assert upload("c", "100") == 200
    assert upload("c", "101") == 413


@pytest.mark.parametrize("length", ["", "-1", "1e3", "٣", "9" * 40])
def test_an_upload_that_does_not_say_its_length_is_refused(held, length):
    assert upload("a", length) == 411


def test_other_requests_pass(held):
    held["a"] = 10_000
    assert ask(site(Middleware(UploadCap, capacity=LIMITS)), "/models").status == 200
