"""What the server tells browsers to refuse: scripts, frames and forms of other sites, guessed types.

See https://owasp.org/www-project-secure-headers and https://www.w3.org/TR/CSP3.
"""

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMES = "FMNIST_FRAMES"  # sites that may show the app in a frame, separated by blanks

POLICY = {
    "default-src": "'self'",
    # Streamlit compiles the scripts of components and charts in the browser.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self' data: blob:",  # a camera's photo is fetched from the page itself
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Adds them to each response that does not have its own."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.headers = HEADERS | {"content-security-policy": policy()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    found.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def policy() -> str:
    """The content security policy; FMNIST_FRAMES adds sites that may show the app in a frame."""
    frames = f"'self' {os.environ.get(FRAMES, '')}".strip()
    return "; ".join(
        f"{name} {value}" for name, value in {**POLICY, "frame-ancestors": frames}.items()
    )
