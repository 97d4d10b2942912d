"""The cookie by which a visitor's browser is known: a secret, given with the first page."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from fmnist.people import person

NAME = "fmnist-person"
YEAR = 365 * 24 * 3600  # seconds


class PersonCookie:
    """Gives each browser that opens a page without the cookie a new secret."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the cookie to its response."""

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _new(scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie if _is_first_page(scope) else send)


def _is_first_page(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    headers = Headers(scope=scope)
    if "text/html" not in headers.get("accept", ""):  # a page's scripts come several at a time
        return False
    return not person.is_secret(cookie_parser(headers.get("cookie", "")).get(NAME, ""))


def _new(scope: Scope) -> str:
    base = config.get_option("server.baseUrlPath").strip("/")
    response = Response()
    response.set_cookie(
        NAME,
        person.new_secret(),
        max_age=YEAR,
        path=f"/{base}",
        secure=is_https(scope),
        httponly=True,
        samesite="lax",
    )
    return response.headers["set-cookie"]


def is_https(scope: Scope) -> bool:
    """Whether the browser asked with https, here or at a proxy before this server."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    return scope["scheme"] == "https" or forwarded == "https"
