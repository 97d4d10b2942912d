"""Requests to the app's server without a server: what middleware or a route makes of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute


class Answer(NamedTuple):
    """Of a server."""

    status: int
    headers: Headers
    body: bytes


def site(*middleware: Middleware) -> Starlette:
    """What answers "here" at each address, behind middleware; a WebSocket stays open."""

    async def home(_request):
        return PlainTextResponse("here")

    async def stay(websocket):
        await websocket.accept()
        await websocket.receive()

    routes = [
        Route("/{path:path}", home, methods=["GET", "PUT"]),
        WebSocketRoute("/{path:path}", stay),
    ]
    return Starlette(routes=routes, middleware=middleware)


def ask(
    app: Starlette, path: str = "/", method: str = "GET", client: str = "192.0.2.1", **headers: str
) -> Answer:
    """Send a request; a header's name has _ for -."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = _scope("http", path, client, headers) | {"method": method, "scheme": "http"}
    with (
        start_blocking_portal() as portal
    ):  # in a thread, as Playwright has an event loop in this one
        portal.call(app, scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), body)


def connect(app: Starlette, client: str = "192.0.2.1", **headers: str) -> dict[str, Any]:
    """Open a WebSocket and close it; the server's first message."""

    async def talk():
        said, _, end = await _open(app, client, headers)
        await end()
        return said

    with start_blocking_portal() as portal:
        return portal.call(talk)


@contextmanager
def opened(app: Starlette, client: str, *cookies: str) -> Iterator[None]:
    """A WebSocket for each cookie is open."""
    with start_blocking_portal() as portal:
        pages = [portal.call(_open, app, client, {"cookie": cookie}) for cookie in cookies]
        assert all(said["type"] == "websocket.accept" for said, _, _ in pages)
        try:
            yield
        finally:
            for *_, end in pages:
                portal.call(end)


async def _open(app: Starlette, client: str, headers: dict[str, str]):
    sent: asyncio.Queue = asyncio.Queue()
    closed = asyncio.Event()
    begun = False

    async def receive():
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "websocket.connect"}
        await closed.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def talk():
        scope = _scope("websocket", "/_stcore/stream", client, headers) | {"scheme": "ws"}
        await app(scope | {"subprotocols": []}, receive, sent.put)

    task = asyncio.ensure_future(talk())
    said = await sent.get()

    async def end():
        closed.set()
        await task

    return said, task, end


def _scope(kind: str, path: str, client: str, headers: dict[str, str]) -> dict[str, Any]:
    given = {"host": "localhost"} | {name.replace("_", "-"): text for name, text in headers.items()}
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},  # as uvicorn says
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
        "client": (client, 5000),
    }
