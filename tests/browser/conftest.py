"""A server and a browser for the module; a fresh tab for each test, which must log no error."""

import os

import pytest

from . import browsing


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The app, with no runs of the user's yet."""
    with browsing.running_server(tmp_path_factory.mktemp("browser") / "runs") as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    """A Chromium; without one the tests are skipped, or fail where FMNIST_BROWSER=required."""
    if not browsing.find_chromium():
        reason = f"no browser: none of {', '.join(browsing.CHROMIUMS)} is on the PATH"
        if os.environ.get("FMNIST_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with browsing.running_chromium() as browser:
        yield browser


@pytest.fixture
def open_tab(browser):
    """A function that opens a tab; at the end of the test, no tab may have logged an error."""
    errors = {}

    def open_tab(**options):
        context = browser.new_context(**(browsing.DESKTOP | options))
        errors[context] = browsing.collect_errors(context)
        return context.new_page()

    yield open_tab
    for context in errors:
        context.close()
    assert not any(errors.values()), f"the browser's console has {list(errors.values())}"


@pytest.fixture
def page(open_tab):
    """A tab on a computer."""
    return open_tab()


@pytest.fixture
def phone(open_tab):
    """A tab on a small phone."""
    return open_tab(**browsing.PHONE)
