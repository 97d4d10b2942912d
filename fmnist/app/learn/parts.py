"""A lesson's texts, and its links as buttons that lead to a page and set what is chosen there."""

from collections.abc import Mapping, Sequence

import streamlit as st

from fmnist.app.shared import address, lesson, pages, widgets
from fmnist.recipes.lessons import places
from fmnist.recipes.lessons.lesson import Link, Part
from fmnist.runs import listing
from fmnist.runs.files import RunError

MINE = "mine"  # in a link: the run that this visitor trained last
NAMES_RUN = {"model", "run", "other"}


def show(parts: Sequence[Part], key: str) -> None:
    """Texts as Markdown, in which HTML is shown as it is written, and buttons."""
    for number, part in enumerate(parts):
        if isinstance(part, Link):
            _button(part, f"{key}.{number}")
        else:
            st.markdown(part)


def _button(link: Link, key: str) -> None:
    _, icon = pages.PAGES[link.page]
    pressed = st.button(link.text, icon=icon, key=key, on_click=_choose, args=(link,))
    if pressed and (problem := _problem(_query(link))):
        st.warning(problem)
    elif pressed:
        rest = places.ADDRESS_ALONE.get(link.page, frozenset())
        query = {name: value for name, value in link.query if name in rest}
        st.switch_page(pages.path_of(link.page), query_params=query | lesson.address())


def _choose(link: Link) -> None:
    """Choose on the link's page what it says; what it does not name stays as it is.

    Streamlit refuses an address that names what a widget of the page writes there: the widget gets it.
    """
    query = _query(link)
    if not _problem(query):
        chosen = places.choices(link.page, query)
        st.session_state.update(chosen)
        address.leave(chosen)


def _query(link: Link) -> dict[str, str]:
    """What a link sets, with the visitor's own run in place of `MINE`."""
    query = dict(link.query)
    for name in query.keys() & NAMES_RUN:
        query[name] = _own_run() or MINE if query[name] == MINE else query[name]
    return query


def _problem(query: Mapping[str, str]) -> str | None:
    """What is wrong with the runs that a link names, in a sentence."""
    for name in query.keys() & NAMES_RUN:
        if query[name] == MINE:
            return "You have not trained a model yet. Train one on the Train page first."
        try:
            listing.find(query[name])
        except RunError as error:
            return widgets.plain(str(error))
    return None


def _own_run() -> str | None:
    """The run that this visitor has trained last, else the newest that does not ship."""
    own = [run.name for run in listing.list_own_runs() if run.usable]
    last = st.session_state.get("train.watched")
    return last if last in own else next(iter(own), None)
