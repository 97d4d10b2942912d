"""What each path of the server does."""

import asyncio
import concurrent.futures
import dataclasses
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from fmnist import machine
from fmnist.data.image_files import ImageFileError, ImageTooLargeError, NotAnImageError, open_image
from fmnist.inference.batch import Outcome
from fmnist.inference.prediction import Prediction, predict, predict_all

from . import bodies, messages
from .bodies import Photo
from .limits import Gate, Limits, Refusal, bounded
from .messages import PhotoQuery, PhotosQuery
from .models import Model, Models

Answer = TypeVar("Answer")
Work = Callable[[], Answer]


@dataclasses.dataclass(frozen=True)
class Endpoints:
    """The server's models, its limits, and the threads that predict."""

    models: Models
    limits: Limits
    gate: Gate
    threads: concurrent.futures.Executor  # as many as each model has interpreters

    async def photo(self, request: Request) -> Response:
        """Predict one photo or drawing."""
        query = messages.read_query(request.query_params, PhotoQuery)
        model = self.models.find(query.model)

        async def answer(request: Request) -> messages.OneAnswer:
            photos = await bodies.read_photos(request, self.limits)
            if len(photos) > 1:
                reason = f"The form has {len(photos)} photos; expected one. /predict/photos takes several."
                raise Refusal(422, reason)
            made = await self._made(lambda: self._one(photos[0], model, query))
            return messages.OneAnswer(model.about.name, model.about.classes, made)

        return await self._answered(request, answer)

    async def photos(self, request: Request) -> Response:
        """Predict several photos or drawings; what cannot be used is a problem of that one."""
        query = messages.read_query(request.query_params, PhotosQuery)
        model = self.models.find(query.model)

        async def answer(request: Request) -> messages.PhotoAnswers:
            photos = await bodies.read_photos(request, self.limits)
            work = (self._made(self._each(photo, model, query)) for photo in photos)
            made = list(await asyncio.gather(*work))
            return messages.PhotoAnswers(model.about.name, model.about.classes, made)

        return await self._answered(request, answer)

    async def images(self, request: Request) -> Response:
        """Predict images in the form of the model's data set."""
        query = messages.read_query(request.query_params, messages.ModelQuery)
        model, kind = self.models.find(query.model), bodies.media_type(request)

        async def answer(request: Request) -> messages.ImageAnswers:
            body = await request.body()
            made = await self._made(lambda: self._images(kind, body, model))
            return messages.ImageAnswers(model.about.name, model.about.classes, made)

        return await self._answered(request, answer)

    async def all_models(self, request: Request) -> Response:
        """The models that are served."""
        return sent(messages.ModelAnswers([model.about for model in self.models.all()]))

    async def one_model(self, request: Request) -> Response:
        """One of them, with its classes and the form of its images."""
        return sent(self.models.find(request.path_params["name"]).about)

    async def health(self, request: Request) -> Response:
        """Whether the server takes predictions: 200, else 503."""
        ready, about = self.gate.is_open, self.models.default.about
        found = messages.Health(
            live=True,
            ready=ready,
            version=machine.version(),
            model=about.name,
            digest=about.digest,
            requests=self.gate.inside,
        )
        return sent(found, 200 if ready else 503)

    def _one(self, photo: Photo, model: Model, query: PhotoQuery) -> messages.PredictionAnswer:
        turns = None if query.turn is None else query.turn // 90
        try:
            found = self._predicted(photo, model, turns, query.item)
        except ImageTooLargeError as error:
            raise Refusal(413, str(error)) from None
        except NotAnImageError as error:
            raise Refusal(415, str(error)) from None
        except ImageFileError as error:
            raise Refusal(422, str(error)) from None
        return messages.PredictionAnswer.of(found, query.steps)

    def _each(self, photo: Photo, model: Model, query: PhotosQuery) -> Work[messages.PhotoAnswer]:
        def work() -> messages.PhotoAnswer:
            try:
                outcome = Outcome(photo.name, self._predicted(photo, model))
            except ImageFileError as error:
                outcome = Outcome(photo.name, problem=str(error))
            return messages.PhotoAnswer.of(outcome, query.steps)

        return work

    def _predicted(
        self, photo: Photo, model: Model, turns: int | None = None, item: int | None = None
    ) -> Prediction:
        image = open_image(photo.content, largest=self.limits.pixels)
        with model.classifier() as classifier:
            return predict(image, classifier, turns=turns, item=item)

    def _images(self, kind: str, body: bytes, model: Model) -> list[messages.PredictionAnswer]:
        images = bodies.images_of(kind, body, model.form, self.limits)
        with model.classifier() as classifier:
            return [messages.PredictionAnswer.of(each) for each in predict_all(images, classifier)]

    async def _made(self, work: Work[Answer]) -> Answer:
        """What some work gives, done in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    async def _answered(
        self,
        request: Request,
        answer: Callable[[Request], Awaitable[msgspec.Struct]],
    ) -> Response:
        """An answer within the limits.

        Raises:
            Refusal: 413, 429 or 503, as the request goes beyond one of them.
        """
        with self.gate.entered():
            try:
                async with asyncio.timeout(self.limits.seconds):
                    return sent(await answer(bounded(request, self.limits.body)))
            except TimeoutError:
                reason = f"It took longer than {self.limits.seconds:g} s; send less at a time, or try again later."
                raise Refusal(503, reason, {"Retry-After": "10"}) from None


def sent(answer: msgspec.Struct, status: int = 200) -> Response:
    """An answer as JSON."""
    return Response(msgspec.json.encode(answer), status, media_type="application/json")
