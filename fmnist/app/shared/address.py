"""The state of a page in its address: what a link brings, and what the page writes there.

Widgets whose key is a parameter's name do both by themselves (`bind="query-params"`). This is for the others, and for
what a link says that cannot be.
"""

import re
from collections.abc import Collection, Iterable, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fmnist.recipes.lessons.places import PLACES

from .pages import PAGES

# What each page knows beside its own parameters: a link with another one is of a newer version, or mistyped.
EVERYWHERE = {"lesson", "step"}
ADDED = re.compile(r"utm_\w+|\w*clid")  # what messengers and mail programs add to each link
SHOWN = 60  # characters of a link that a sentence repeats

LINK = "shared.address.link"  # what a link within the app chooses beside the address, until its page is shown
CHOSEN = "shared.address.chosen"  # the same, of the page that is shown
NAMES = "shared.address.names"  # what the address named before a widget of this run wrote to it
PAGE = "shared.page"  # the title of the page that is shown
SEEN = "shared.address.seen"  # what the address has had since the visitor came to the page
PROBLEMS = "shared.address.problems"  # sentences on what the link has that cannot be, by parameter
PLACE = "shared.address.place"  # where they are shown
LACKING = "shared.address.lacking"  # what the page shows and the address has not: a sentence, a PNG to send instead


def enter(title: str) -> None:
    """The visitor is on the page of that title: on coming there, what the address has is a link's."""
    state = st.session_state
    if state.get(PAGE) != title:
        state[PAGE], state[LACKING] = title, (None, None)
        state[CHOSEN] = state.pop(LINK, frozenset())
        state[SEEN], state[PROBLEMS] = [], {}
    state[NAMES] = frozenset(st.query_params)
    state[PLACE] = st.container()
    # One gives way when the visitor chooses another value.
    state[PROBLEMS] = {
        name: text for name, text in state[PROBLEMS].items() if name not in st.query_params
    }
    if strange := _unknown(title):
        names = ", ".join(map(quoted, strange[:5]))
        what = "parameters" if len(strange) > 1 else "parameter"
        state[PROBLEMS][strange[0]] = (
            f"The link has the {what} {names}, which this version of the app does not know; the rest of it applies."
        )
    _show(state[PROBLEMS].values())


def leave(chosen: Collection[str] = ()) -> None:
    """What the address has next is a link's, on the same page too, as are the choices of these names."""
    st.session_state.pop(PAGE, None)
    st.session_state[LINK] = frozenset(chosen)


def says(name: str) -> bool:
    """Whether the link that the visitor came by says something under that name."""
    state = st.session_state
    return name in state.get(NAMES, ()) or name in state.get(CHOSEN, ())


def _unknown(title: str) -> list[str]:
    page = next((name for name, (its, _) in PAGES.items() if its == title), None)
    if page is None:
        return []
    known = PLACES[page] | EVERYWHERE
    return [name for name in st.query_params if name not in known and not ADDED.fullmatch(name)]


def quoted(text: str) -> str:
    """What a link says, as it is: the start of it as Markdown's code, which a blank line would end."""
    return f"`{' '.join(text[:SHOWN].replace('`', '').split())}`"


def report(name: str, sentence: str) -> None:
    """Say what is wrong with a parameter of the link, in Markdown, below the page's title."""
    problems = st.session_state.setdefault(PROBLEMS, {})
    if problems.get(name) == sentence:
        return
    problems[name] = sentence
    if (context := get_script_run_ctx()) and context.fragment_ids_this_run:
        st.rerun()  # a fragment cannot write above itself
    _show([sentence])


def _show(sentences: Iterable[str]) -> None:
    """Add them to those shown. Nothing is shown again: the browser would mix up what comes at once at one place."""
    if PLACE in st.session_state:
        for sentence in sentences:
            st.session_state[PLACE].warning(sentence)


def is_new() -> bool:
    """Whether the visitor has just come to the page, and nothing has been taken from the address yet."""
    return not st.session_state.get(SEEN)


def linked(names: Collection[str], leader: str | None = None) -> dict[str, str] | None:
    """What a link says under these names; None where the address has only what the page wrote itself.

    A browser that was quick may still send an address from before the page changed it: what was once seen here is
    no link either.

    Args:
        names: of the parameters.
        leader: a parameter that makes a link of an address which has none of the names.
    """
    seen: list[dict[str, str]] = st.session_state.setdefault(SEEN, [])
    found = _present(names)
    if found in seen:
        return None
    first = not seen
    seen.append(found)
    return found if found or not first or (leader and says(leader)) else None


def write(values: Mapping[str, str], names: Collection[str]) -> None:
    """Put these values of the names into the address, and no other ones of them."""
    seen, present = st.session_state.setdefault(SEEN, []), _present(names)
    if present == values:
        return
    for name in present.keys() - values.keys():
        del st.query_params[name]
        seen.append(_present(names))
    if values:
        st.query_params.update(values)
        seen.append(dict(values))


def _present(names: Collection[str]) -> dict[str, str]:
    return {name: st.query_params[name] for name in names if name in st.query_params}


def lacks(sentence: str | None, png: bytes | None = None) -> None:
    """Say what the page shows that no link to it can have; None where there is nothing.

    Args:
        sentence: for Share.
        png: an image that can be sent instead.
    """
    st.session_state[LACKING] = (sentence, png)


def lacking() -> tuple[str | None, bytes | None]:
    """What the page shows that no link to it can have, in a sentence, and an image that can be sent instead."""
    found: tuple[str | None, bytes | None] = st.session_state.get(LACKING, (None, None))
    return found
