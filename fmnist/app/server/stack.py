"""The app's server: what Streamlit's own is wrapped in, from the outside in, and what it serves besides."""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from streamlit import config

from fmnist.people import mode

from . import class_archive
from .person_cookie import PersonCookie


def routes() -> list[BaseRoute]:
    """Addresses besides Streamlit's."""
    base = config.get_option("server.baseUrlPath").strip("/")
    prefix = f"/{base}" if base else ""
    return [Route(f"{prefix}/{class_archive.ADDRESS}", class_archive.class_archive)]


def middleware() -> list[Middleware]:
    """What each request passes, the first one first; ends the process if FMNIST_MODE names no mode."""
    try:
        personal = mode.current() == "personal"
    except mode.ModeError as error:
        raise SystemExit(str(error)) from error
    return [] if personal else [Middleware(PersonCookie)]
