"""The application: each path with what it takes and answers, and what becomes of errors."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from fmnist.runs.files import RunError

from . import bodies, description, messages
from .endpoints import Endpoints, sent
from .limits import Refusal

REFUSED = {  # what each status means, where it can be the answer
    400: "The body cannot be read.",
    404: "There is no such model.",
    413: "The body, its number of photos or images, or a photo's pixels are over the server's limit.",
    415: "The body is of another type.",
    422: "The content is of the right type, but cannot be used.",
    429: "Too many requests at once; Retry-After says when to try again.",
    503: "It took too long.",
}


@dataclasses.dataclass(frozen=True)
class Path:
    """A path, and what stands about it in the description."""

    path: str
    handler: Callable[[Request], Awaitable[Response]]
    answer: type[msgspec.Struct]
    title: str
    query: type[messages.ModelQuery] | None = None
    body: Mapping[str, Any] | None = None  # a schema for each media type; none of a GET
    refused: Sequence[int] = ()

    @property
    def method(self) -> str:
        """GET, or POST for what has a body."""
        return "POST" if self.body else "GET"


def paths(endpoints: Endpoints) -> list[Path]:
    """All paths but the description's own."""
    return [
        Path(
            "/predict",
            endpoints.photo,
            messages.OneAnswer,
            "Predict one photo or drawing.",
            messages.PhotoQuery,
            bodies.photo_types("photo", many=False),
            tuple(REFUSED),
        ),
        Path(
            "/predict/photos",
            endpoints.photos,
            messages.PhotoAnswers,
            "Predict several photos or drawings.",
            messages.PhotosQuery,
            bodies.photo_types("photos", many=True),
            tuple(REFUSED),
        ),
        Path(
            "/predict/images",
            endpoints.images,
            messages.ImageAnswers,
            "Predict images in the form of the model's data set, in one batch.",
            messages.ModelQuery,
            bodies.IMAGE_TYPES,
            tuple(REFUSED),
        ),
        Path("/models", endpoints.all_models, messages.ModelAnswers, "All models served here."),
        Path(
            "/models/{name}",
            endpoints.one_model,
            messages.ModelAnswer,
            "One model: its classes, and the form of its images.",
            refused=(404,),
        ),
        Path("/health", endpoints.health, messages.Health, "Whether it takes predictions."),
    ]


def application(endpoints: Endpoints, origins: Sequence[str] = ()) -> Starlette:
    """The application of a server.

    Args:
        endpoints: what answers.
        origins: of which web pages may read its answers, as "https://example.org"; "*" for any.
    """
    served = paths(endpoints)
    spec = description.openapi(served, REFUSED)
    model = endpoints.models.default.about

    async def as_openapi(request: Request) -> Response:
        return Response(msgspec.json.encode(spec), media_type="application/json")

    async def as_page(request: Request) -> Response:
        return HTMLResponse(description.page(spec, model, str(request.base_url)))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        endpoints.threads.shutdown(wait=False, cancel_futures=True)

    routes = [Route(each.path, each.handler, methods=[each.method]) for each in served]
    routes += [Route("/openapi.json", as_openapi), Route("/", as_page)]
    cors = Middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "POST"])
    return Starlette(
        routes=routes,
        middleware=[cors] if origins else [],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _no_such_path,
            RunError: _gone,
            ClientDisconnect: _left,
            Exception: _failed,
        },
        lifespan=lifespan,
    )


async def _refused(request: Request, error: Any) -> Response:
    answer = sent(messages.Problem(error.reason), error.status)
    answer.headers.update(error.headers or {})
    return answer


async def _no_such_path(request: Request, error: Any) -> Response:
    """For what Starlette itself refuses: a path, or a method."""
    reasons = {
        404: f"There is nothing at {request.url.path[:80]}; / lists all paths.",
        405: f"{request.method} is not possible here; / lists what is.",
    }
    answer = sent(messages.Problem(reasons.get(error.status_code, error.detail)), error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _gone(request: Request, error: Any) -> Response:
    """For a run that was deleted or damaged since it was loaded."""
    return sent(messages.Problem(f"The model can't be used any more: {error}"), 503)


async def _left(request: Request, error: Any) -> Response:
    """For a client that went away before its body was whole: nobody reads it, and it is nothing to log."""
    return sent(messages.Problem("The body is cut short."), 400)


async def _failed(request: Request, error: Any) -> Response:
    """For what nobody foresaw; Starlette raises it again, and the server logs it."""
    return sent(messages.Problem("The server failed; its log has the reason."), 500)
