"""Requests that are refused: one sentence, and a line in the log."""

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from . import log

POLICY = 1008  # why a WebSocket is closed (RFC 6455, section 7.4.1)


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, sentence: str, **headers: str
) -> None:
    """Respond with that sentence; a WebSocket is closed before it opens."""
    log.event("refused", scope, status=status, why=sentence)
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY, "reason": sentence[:120]})
        return
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    await PlainTextResponse(f"{sentence}\n", status, named)(scope, receive, send)
