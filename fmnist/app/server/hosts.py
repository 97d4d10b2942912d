"""By which names the server may be reached: others could be another site's (DNS rebinding).

There, a page of that site has its own name lead to this server, and a browser takes both for one.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from .refusing import refuse

MISDIRECTED = 421
LONGEST = 100  # characters of a name that are repeated


class HostCheck:
    """Refuses what was sent to another name than the server's."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if is_ours(host):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, MISDIRECTED, _sentence(host))


def is_ours(host: str) -> bool:
    """Whether the server has that name, with or without a port.

    An address in figures is, as no name leads elsewhere. Streamlit's option `server.allowedHosts` adds others.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in _own_names() or _is_address(name):
        return True
    return bool(config.get_option("server.allowedHosts")) and is_host_allowed(host)


def _own_names() -> tuple[str, ...]:
    here = socket.gethostname().lower()
    return "localhost", here, f"{here.split('.')[0]}.local"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _sentence(host: str) -> str:
    name = "".join(sign if sign.isprintable() else "?" for sign in host[:LONGEST])
    return (
        f"This server does not have the name {name!r}; if it should, start it with the option "
        "--server.allowedHosts and that name, or open it at localhost or its IP address."
    )
