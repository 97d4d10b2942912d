"""How many pages one person, one address and all may have open, and how fast a page may send."""

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import Iterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fmnist.people import members
from fmnist.people.capacity import Capacity

from . import log
from .person_cookie import asks_for_page, id_in
from .refusing import refuse

ALL, GUESTS = "all", "guests"
WAIT = "60"  # seconds until a browser may ask again


class Visits:
    """Counts open pages by their WebSocket, and refuses more; slows down a page that floods the server."""

    def __init__(self, app: ASGIApp, capacity: Capacity):
        self.app, self.capacity = app, capacity
        self.open: Counter[str] = Counter()  # pages by person, by address, `GUESTS` and `ALL`

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        is_visit = scope["type"] == "websocket"
        if not is_visit and not asks_for_page(scope):
            await self.app(scope, receive, send)
        elif sentence := self._refusal(scope):
            await refuse(scope, receive, send, 503, sentence, retry_after=WAIT)
        elif is_visit:
            await self._visit(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        keys = [key for key, _ in self._counted(scope)]
        self.open.update(keys)
        begun = time.monotonic()
        log.event("visit begins", scope, open=self.open[ALL])
        try:
            await self.app(scope, _slowed(receive, self.capacity.messages), send)
        finally:
            self.open.subtract(keys)
            self.open += Counter()  # forget who has none open
            seconds = round(time.monotonic() - begun, 1)
            log.event("visit ends", scope, seconds=seconds, open=self.open[ALL])

    def _refusal(self, scope: Scope) -> str | None:
        for key, limit in self._counted(scope):
            if limit is not None and self.open[key] >= limit:
                if key in (ALL, GUESTS):
                    return f"{limit} pages are open here, which is all that this server takes: try again in a minute."
                return f"You have {limit} pages of this app open, and no more are allowed: close one, then reload."
        return None

    def _counted(self, scope: Scope) -> Iterator[tuple[str, int | None]]:
        """What a page counts towards, with how many there may be."""
        if person := id_in(scope):
            yield f"person {person}", self.capacity.pages
        address = (scope.get("client") or ("",))[0]
        if _is_of_internet(address):  # within a network, it may be a proxy's
            yield f"address {address}", self.capacity.pages_from
        if self.capacity.pages_of_guests is not None and not members.has_joined(person or ""):
            yield GUESTS, self.capacity.pages_of_guests
        yield ALL, self.capacity.all_pages


def _is_of_internet(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _slowed(receive: Receive, per_second: int | None) -> Receive:
    """A page's messages, of which so many a second come at once and more have to wait."""
    if per_second is None:
        return receive
    free, looked = float(per_second), time.monotonic()

    async def slowed() -> Message:
        nonlocal free, looked
        message = await receive()
        now = time.monotonic()
        free, looked = min(per_second, free + (now - looked) * per_second) - 1, now
        if free < 0:
            await asyncio.sleep(-free / per_second)
        return message

    return slowed
