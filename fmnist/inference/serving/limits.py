"""How much a request may bring, how many may be there at once, and how long one may take."""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping

from starlette.requests import Request
from starlette.types import Message

from fmnist.data.image_files import LARGEST

MB = 1_000_000  # bytes


@dataclasses.dataclass(frozen=True)
class Limits:
    """What the server takes."""

    body: int = 20 * MB  # bytes of a request
    batch: int = 256  # photos or images of a request
    pixels: int = LARGEST  # of a photo
    requests: int = 32  # at once: those that are computed, and those that wait
    seconds: float = 30.0  # for a request, from its first byte to its answer


class Refusal(Exception):
    """A request that is not carried out: an HTTP status, and the reason in a sentence."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None):
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers


class Gate:
    """Lets so many requests in at once; the others are to try again."""

    def __init__(self, limits: Limits):
        self._limits, self.inside = limits, 0

    @property
    def is_open(self) -> bool:
        """Whether one more request may come in."""
        return self.inside < self._limits.requests

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Around a request.

        Raises:
            Refusal: 429, as too many are inside.
        """
        if not self.is_open:
            reason = f"{self.inside} requests are being answered, the most at once; try again in a second."
            raise Refusal(429, reason, {"Retry-After": "1"})
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


def bounded(request: Request, most: int) -> Request:
    """The same request, whose body can be read up to `most` bytes.

    Starlette's own limit would answer with a text of its own. Reading more raises a Refusal, 413.

    Raises:
        Refusal: 413, as the header already promises more; 400, as that is no number.
    """
    length = request.headers.get("content-length", "0")
    if not length.isdecimal():
        raise Refusal(400, f"Content-Length is {length[:80]!r}; expected a number of bytes.")
    if int(length) > most:
        raise _too_large(most)
    arrived = 0

    async def receive() -> Message:
        nonlocal arrived
        message = await request.receive()
        arrived += len(message.get("body", b""))
        if arrived > most:
            raise _too_large(most)
        return message

    return Request(request.scope, receive)


def _too_large(most: int) -> Refusal:
    return Refusal(
        413,
        f"The body has more than {most / MB:,.6g} MB; expected at most that. Send less at a time.",
    )
