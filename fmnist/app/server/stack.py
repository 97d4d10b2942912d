"""The app's server: what Streamlit's own is wrapped in, from the outside in, and what it serves besides."""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from fmnist.people import mode

from .person_cookie import PersonCookie


def routes() -> list[BaseRoute]:
    """Addresses besides Streamlit's."""
    return []


def middleware() -> list[Middleware]:
    """What each request passes, the first one first; ends the process if FMNIST_MODE names no mode."""
    try:
        personal = mode.current() == "personal"
    except mode.ModeError as error:
        raise SystemExit(str(error)) from error
    return [] if personal else [Middleware(PersonCookie)]
