"""A visitor opens a page of the app, without a browser, and finds what is on it by what it says."""

from collections.abc import Iterable

import pandas as pd
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element, Widget
from streamlit.util import calc_hash

from fmnist.app.shared import visitor
from fmnist.machine import folders
from fmnist.people import acting


def visit(page: str, /, **query: str) -> AppTest:
    """The app as a link opens it, run once: `page` is its address, `query` what follows the question mark."""
    acting.find_with(visitor.person)  # as the server does when it begins
    app = AppTest.from_file(folders.SCRIPT, default_timeout=60)
    app._page_hash = calc_hash(page)  # `switch_page` knows the addresses only after a first run
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def show(page: str) -> AppTest:
    """A visitor's first look at a page."""
    return still_well(visit("" if page == "try_it" else page))


def still_well(app: AppTest) -> AppTest:
    """The same page, which must not have broken off."""
    assert not app.exception, app.exception
    assert app.title
    return app


# The texts of a page


def text_of(elements: Iterable[Element]) -> str:
    """The texts of elements of one kind, `app.error` for example: a line each, empty where there is none."""
    return "\n".join(str(element.value) for element in elements)


def words(app: AppTest) -> str:
    """All texts of the page."""
    parts = [app.markdown, app.caption, app.header, app.info, app.error, app.warning]
    return "\n".join(filter(None, map(text_of, parts)))


def address(app: AppTest) -> dict[str, str]:
    """What stands in the address after the question mark."""
    values = app.query_params.items()
    return {name: value if isinstance(value, str) else value[-1] for name, value in values}


def metric(app: AppTest, label: str) -> str:
    """The figure with the label that begins so."""
    (value,) = (metric.value for metric in app.metric if metric.label.startswith(label))
    return value


def table(app: AppTest, column: str) -> pd.DataFrame:
    """The table that has a column of this name."""
    (found,) = (each.value for each in app.dataframe if column in each.value.columns)
    return found


# What the page asks


def field(app: AppTest, label: str) -> Widget:
    """The field, of whatever kind, with this label."""
    kinds = [app.number_input, app.multiselect, app.selectbox, app.text_input, app.select_slider]
    (found,) = (each for kind in kinds for each in kind if each.label == label)
    return found


def choices(app: AppTest, label: str) -> list[str]:
    """What a select box offers."""
    return field(app, label).options


def choose(app: AppTest, label: str, value: str) -> AppTest:
    """Choose from a select box."""
    return still_well(field(app, label).select(value).run())


def fill_in(app: AppTest, label: str, value: float | str) -> AppTest:
    """Type into a field; the page has not run again yet."""
    field(app, label).set_value(value)
    return app


def buttons(app: AppTest) -> set[str]:
    """The labels of all buttons."""
    return {button.label for button in app.button}


def button(app: AppTest, label: str) -> Widget:
    """The button with this label."""
    (found,) = (button for button in app.button if button.label == label)
    return found


def press(app: AppTest, label: str) -> AppTest:
    """Press a button."""
    return still_well(button(app, label).click().run())
