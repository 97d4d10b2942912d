"""Share: the address of what a page shows, to copy, or as a QR code for phones."""

import contextlib
from urllib.parse import quote, urlencode, urlsplit

import segno
import streamlit as st

from fmnist.app.components.share import share
from fmnist.people import mode
from fmnist.runs import listing
from fmnist.runs.files import RunError

from . import address, joining

LONGEST = 1_800  # characters of a QR code that phones still read from a screen
RUNS = ("model", "run", "other", "pretrained", "ensemble_member", "teachers")  # name runs


@st.fragment  # what is open or not concerns nothing else
def button() -> None:
    """A button that opens the link, as it is then."""
    opened = st.popover(
        "Share", icon=":material/share:", type="tertiary", key="share", on_change="rerun"
    )
    if opened.open:
        with opened:
            _show(link())


def link() -> str:
    """The address of the page with its state."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    text = urlencode(query, doseq=True, quote_via=quote, safe=",:")
    here = st.context.url or ""
    if mode.current() == "class":  # whose teacher may have opened it as this computer's own
        here = joining.reachable(here)
    # Without it, some programs take what follows for no part of the link.
    if not urlsplit(here).path:
        here += "/"
    return f"{here}{'?' if text else ''}{text}"


def _show(address_here: str) -> None:
    share(address_here, code(address_here) if len(address_here) <= LONGEST else None)
    if len(address_here) > LONGEST:
        st.caption("The link is too long for a QR code that phones can read.")
    sentence, png = address.lacking()
    if sentence:
        st.caption(sentence)
    if sentence and png:
        st.download_button(
            "Download the drawing", lambda: png, "drawing.png", "image/png", on_click="ignore"
        )
    if joining.is_only_here(urlsplit(address_here).hostname or ""):
        st.caption(f"The link works only on this computer.{_own_runs()}")


def code(text: str) -> str:
    """The text as a QR code: SVG, dark on light in either theme, so that each phone reads it."""
    return segno.make(text, error="l", micro=False).svg_inline(
        dark="black", light="white", omitsize=True
    )


def _own_runs() -> str:
    """Which runs the address names that no other computer has, in a sentence; "" where there is none."""
    names = [name for key in RUNS for name in st.query_params.get(key, "").split(",") if name]
    own = []
    for name in dict.fromkeys(names):
        with contextlib.suppress(RunError):
            if not listing.find(name).shipped:
                own.append(f"`{name}`")
    if not own:
        return ""
    return f" It names {' and '.join(own)}, which no other computer has."
