"""The app's server: what Streamlit's own is wrapped in, from the outside in, and what it serves besides."""

import contextlib
import traceback
from collections.abc import AsyncIterator
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from fmnist import machine
from fmnist.people import capacity, mode

from . import class_archive, health, log
from .headers import SecurityHeaders
from .hosts import HostCheck
from .person_cookie import PersonCookie
from .requests import RequestLog
from .uploads import UploadCap
from .visits import Visits


def routes() -> list[BaseRoute]:
    """Addresses besides Streamlit's, below the base path; health at the root, too, for who asks past a proxy."""
    base = config.get_option("server.baseUrlPath").strip("/")
    prefix = f"/{base}" if base else ""
    served = {
        f"/{health.PATH}": health.health,
        f"{prefix}/{health.PATH}": health.health,
        f"{prefix}/{class_archive.ADDRESS}": class_archive.class_archive,
    }
    return [Route(path, respond) for path, respond in served.items()]


def middleware() -> list[Middleware]:
    """What each request passes, the first one first; ends the process if FMNIST_MODE names no mode."""
    secrets_singleton.load_if_toml_exists()  # a host's settings come that way: they enter the environment
    try:
        now = mode.current()
    except mode.ModeError as error:
        raise SystemExit(str(error)) from error
    limits = capacity.current()
    wanted = [
        (Middleware(RequestLog), log.is_on()),
        (Middleware(SecurityHeaders), True),
        # A demo shows nothing that another site could not show itself.
        (Middleware(HostCheck), now != "public" or bool(config.get_option("server.allowedHosts"))),
        (Middleware(Visits, capacity=limits), now != "personal"),
        (Middleware(UploadCap, capacity=limits), True),
        (Middleware(PersonCookie), now != "personal"),
    ]
    return [each for each, here in wanted if here]


@contextlib.asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """From the server's start to its end."""
    log.begin()
    log.event("start", version=machine.version(), mode=mode.current())
    yield
    log.event("end")


def log_error(error: Exception) -> None:
    """What to do with an error in a page, which says there that something went wrong."""
    log.event(
        "error", type=type(error).__name__, traceback="".join(traceback.format_exception(error))
    )
