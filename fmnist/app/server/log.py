"""The server's log for programs: a JSON object a line on standard error, where FMNIST_LOG is "json".

Persons stand in it by the start of their ids, never by the secret in their cookie; what people draw, upload or
type stands nowhere.
"""

import logging
import os
import sys
import time
from typing import Any

import msgspec
from starlette.types import Scope
from streamlit import logger as streamlit_logger

from .person_cookie import id_in

SETTING = "FMNIST_LOG"
SERVERS = ("uvicorn", "uvicorn.error", "streamlit")


class JsonFormatter(logging.Formatter):
    """A line of a library's log as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        error = {"error": self.formatException(record.exc_info)} if record.exc_info else {}
        what = {"logger": record.name, "message": record.getMessage()}
        return line("log", record.created, level=record.levelname.lower(), **what, **error)


def is_on() -> bool:
    """Whether there is such a log."""
    return os.environ.get(SETTING) == "json"


def line(event: str, at: float, **more: Any) -> str:
    """An event at that time, in seconds since the epoch, as a line of the log."""
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"
    return msgspec.json.encode({"time": when, "event": event, **more}).decode()


def event(name: str, scope: Scope | None = None, **more: Any) -> None:
    """Log what happened, at a request if there was one."""
    if is_on():
        about = _about(scope) if scope else {}
        print(line(name, time.time(), **about, **more), file=sys.stderr, flush=True)


def _about(scope: Scope) -> dict[str, Any]:
    client = scope.get("client") or ("",)
    about = {
        "address": client[0],
        "path": scope["path"],
        "method": scope.get("method", "WEBSOCKET"),
    }
    person = id_in(scope)
    return about | ({"person": person[:8]} if person else {})


def begin() -> None:
    """Have Streamlit and the HTTP server write such lines, too."""
    if not is_on():
        return
    names = {*SERVERS, *streamlit_logger._loggers}
    for logger in map(logging.getLogger, names):
        for handler in logger.handlers:
            handler.setFormatter(JsonFormatter())
