"""A server and a browser for all; a fresh tab for each test; neither may log an error.

Tabs share the browser's cache, as a person's do; to the app each is a visitor of its own.
"""

import os

import pytest

from . import browsing, serving

# Half of a page's cost: its JavaScript is compiled once for all tabs rather than in each, and is not
# optimised, which pays only in a page that stays open.
CHEAP = ("--process-per-site", "--js-flags=--no-opt --no-maglev")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app, with no runs of the user's but those that a test brings and takes away."""
    folder = tmp_path_factory.mktemp("browser") / "runs"
    with serving.running_server(folder, warm=False) as server:
        yield server
        assert not server.complaints()


@pytest.fixture
def own_server(tmp_path):
    """A server for one test that trains; the trainings end with it."""
    with serving.running_server(tmp_path / "runs", warm=False) as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    """A Chromium; without one the tests are skipped, or fail where FMNIST_BROWSER=required."""
    if not serving.find_chromium():
        reason = f"no browser: none of {', '.join(serving.CHROMIUMS)} is on the PATH"
        if os.environ.get("FMNIST_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with serving.running_chromium(*CHEAP) as browser:
        yield browser


@pytest.fixture(scope="session")
def computer(browser, server):
    """A computer's screen."""
    return opened(browser.new_context(**browsing.DESKTOP), server)


@pytest.fixture(scope="session")
def small_phone(browser, server):
    """A small phone's screen, with touch."""
    return opened(browser.new_context(**browsing.PHONE), server)


def opened(context, server):
    """The context, with a tab that keeps its process while tests open and close theirs."""
    context.new_page().goto(f"{server.url}/_stcore/health")
    return context


@pytest.fixture
def page(computer):
    """A tab on a computer."""
    with browsing.new_tab(computer) as page:
        yield page


@pytest.fixture
def phone(small_phone):
    """A tab on a phone."""
    with browsing.new_tab(small_phone) as page:
        yield page
