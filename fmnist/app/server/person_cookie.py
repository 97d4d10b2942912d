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

        is_new = asks_for_page(scope) and not id_in(scope)
        await self.app(scope, receive, send_with_cookie if is_new else send)


def asks_for_page(scope: Scope) -> bool:
    """Whether a browser opens a page with it, and does not load one of the many files of a page."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def id_in(scope: Scope) -> str | None:
    """The id of who sends a request; None without the cookie, or with one that was not given here."""
    secret = cookie_parser(Headers(scope=scope).get("cookie", "")).get(NAME, "")
    return person.id_of(secret) if person.is_secret(secret) else None


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
