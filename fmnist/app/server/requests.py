"""A line in the log for each page that was asked for, each upload, and each error."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import log
from .person_cookie import asks_for_page

ERRORS = 400  # HTTP statuses from here on
PROBES = ("_stcore/health", "_stcore/host-config")  # which a page looks for at several addresses


class RequestLog:
    """Logs what is worth a line: not the hundred files of which a page consists."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it once its response begins."""
        begun = time.monotonic()

        async def send_and_log(message: Message) -> None:
            if message["type"] == "http.response.start":
                fails = message["status"] >= ERRORS and not scope["path"].endswith(PROBES)
                if fails or asks_for_page(scope) or scope["method"] in ("PUT", "POST"):
                    took = round(1000 * (time.monotonic() - begun))
                    log.event("request", scope, status=message["status"], milliseconds=took)
            await send(message)

        await self.app(scope, receive, send_and_log)
