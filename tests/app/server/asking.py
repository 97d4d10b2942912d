"""Requests to the app's server without a server: what middleware or a route makes of them."""

import asyncio
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route


class Answer(NamedTuple):
    """Of a server."""

    status: int
    headers: Headers
    body: bytes


def site(*middleware: Middleware) -> Starlette:
    """What answers "here" at each address, behind middleware."""

    async def home(_request):
        return PlainTextResponse("here")

    return Starlette(routes=[Route("/{path:path}", home)], middleware=middleware)


def ask(app: Starlette, path: str = "/", scheme: str = "http", **headers: str) -> Answer:
    """Send a GET request; a header's name has _ for -."""
    given = {"host": "localhost"} | {name.replace("_", "-"): text for name, text in headers.items()}
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
        "client": ("192.0.2.1", 5000),
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), body)
