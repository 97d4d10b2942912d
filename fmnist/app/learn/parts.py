"""A lesson's texts, and its links as buttons that lead to a page and set what is chosen there."""

from collections.abc import Sequence

import streamlit as st

from fmnist.app.shared import address, lesson, pages
from fmnist.recipes.lessons.lesson import Link, Part
from fmnist.runs import listing

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
    if not st.button(link.text, icon=icon, key=key):
        return
    query = dict(link.query)
    for name in query.keys() & NAMES_RUN:
        if query[name] == MINE:
            if not (run := _own_run()):
                st.warning("You have not trained a model yet. Train one on the Train page first.")
                return
            query[name] = run
    for name in query:  # so that the address decides
        st.session_state.pop(name, None)
    address.leave()
    st.switch_page(pages.path_of(link.page), query_params=query | lesson.address())


def _own_run() -> str | None:
    """The run that this visitor has trained last, else the newest that does not ship."""
    own = [run.name for run in listing.list_own_runs() if run.usable]
    last = st.session_state.get("train.watched")
    return last if last in own else next(iter(own), None)
