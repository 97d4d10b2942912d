"""Names that people bring are shown as they are: none becomes markup, a link or code."""

import urllib.parse

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from fmnist.data import library
from fmnist.data.dataset import Form

from . import browsing
from .browsing import T_SHIRT, prediction
from .test_try_photos import png_of, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = (
    "<img src=x onerror=hacked=1>",
    "<script>hacked=1</script>",
    "**loud** [click](http://evil.example)",
    "www.evil.example",
    "http://evil.example",
    "me@evil.example",
    "$$\\frac12$$ :red[red] :material/bolt:",
)


def before_link(name: str) -> str:
    """The part of a name before what could be an address, which has an invisible character in it."""
    return name.split(":")[0]


def expect_plain(page: Page) -> None:
    """Nothing on the page came out of a name."""
    browsing.expect_drawn(page)
    assert page.locator("img[src=x], a[href*=evil], main .katex").all_inner_texts() == []
    assert page.evaluate("typeof hacked") == "undefined"


def test_class_names_are_shown_as_they_are(server, page, monkeypatch):
    monkeypatch.setenv("FMNIST_DATA", str(server.runs / ".datasets"))
    images = np.random.default_rng(0).integers(0, 256, (60, 28, 28), np.uint8)
    labels = (np.arange(60) % len(HOSTILE)).astype(np.uint8)
    arrays = {"train": (images, labels), "test": (images, labels)}
    library.add("odd-names", HOSTILE, Form(28, False), arrays)
    try:
        page.goto(f"{server.url}/data?data=odd-names&image=2&split=test")
        expect(page.get_by_text(before_link(HOSTILE[2])).first).to_be_visible()
        expect_plain(page)
    finally:
        library.remove("odd-names")


def test_the_name_of_an_upload_is_shown_as_it_is(server, page):
    page.goto(server.url)
    expect(prediction(page)).to_be_visible()
    for name in (HOSTILE[0], HOSTILE[2].replace("/", "")):
        upload(page, {"name": f"{name}.png", "mimeType": "", "buffer": png_of(T_SHIRT)})
        expect(page.get_by_text(before_link(name)).first).to_be_visible()
        expect_plain(page)
        upload(page, {"name": f"{name}.png", "mimeType": "", "buffer": b"no image"})
        expect(page.get_by_role("alert")).to_contain_text(before_link(name))
        expect_plain(page)


@pytest.mark.parametrize("address", ["", "train", "models", "mistakes", "data", "learn"])
def test_what_an_address_says_is_shown_as_it_is(server, page, address):
    names = ["model", "data", "recipe", "read", "tab", *HOSTILE]
    said = {name: HOSTILE[number % len(HOSTILE)] for number, name in enumerate(names)}
    page.goto(f"{server.url}/{address}?{urllib.parse.urlencode(said)}")
    expect(page.get_by_role("alert").first).to_be_visible()
    expect_plain(page)
