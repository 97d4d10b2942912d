"""Who is here now: the sessions that are connected, whose they are and which page they show."""

import time
from typing import NamedTuple

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

MOST = 5_000  # sessions that are remembered


class Visit(NamedTuple):
    """One session: a tab of a person's browser."""

    person: str  # its id
    page: str  # the title of the page it shows
    since: float  # seconds since the epoch: when it last did something


_visits: dict[str, Visit] = {}  # by session


def note(person: str, page: str) -> None:
    """This session is that person's, and shows that page."""
    if context := get_script_run_ctx():
        if len(_visits) >= MOST:
            _forget_who_left()
        _visits[context.session_id] = Visit(person, page, time.time())


def here() -> dict[str, list[Visit]]:
    """The visits of everybody who is connected now, by person, each person's latest first."""
    _forget_who_left()
    found: dict[str, list[Visit]] = {}
    for visit in sorted(_visits.copy().values(), key=lambda visit: -visit.since):
        found.setdefault(visit.person, []).append(visit)
    return found


def refresh_others() -> None:
    """Run the page of every other connected session again: what holds for all has changed."""
    own = get_script_run_ctx()
    for session in _visits.copy():
        if not (own and session == own.session_id) and runtime.exists():
            _refresh(session)


def _refresh(session: str) -> None:
    app_session = runtime.get_instance().get_app_session(session)
    if app_session is not None:
        # On the loop, as such a session is for one thread. With what its browser sent last, as an edited file is.
        app_session._call_soon_on_event_loop(
            lambda: app_session.request_rerun(app_session._client_state)
        )


def _forget_who_left() -> None:
    if runtime.exists():
        is_active = runtime.get_instance().is_active_session
        for session in [each for each in _visits.copy() if not is_active(each)]:
            _visits.pop(session, None)
