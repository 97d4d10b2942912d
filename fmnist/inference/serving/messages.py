"""Queries and answers: each field once, with its type, bounds and meaning, for the check and the description."""

import base64
import io
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from PIL import Image

from fmnist.inference.batch import Outcome
from fmnist.inference.prediction import Certainty, Prediction
from fmnist.runs.files import explain_value

from .limits import Refusal

Query = TypeVar("Query", bound="ModelQuery")


class ModelQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is asked of any prediction."""

    model: Annotated[str, Meta(description="A model's name (default: the first of /models).")] = ""


class PhotosQuery(ModelQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is asked of photos and drawings."""

    steps: Annotated[
        bool, Meta(description="Whether to return the steps from photo to pixels as PNG images.")
    ] = False


class PhotoQuery(PhotosQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is asked of one photo or drawing."""

    item: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(
            description="Which item of a photo of several, the largest first (default: the largest, or both of a pair of shoes)."
        ),
    ] = None
    turn: Annotated[
        Literal[0, 90, 180, 270] | None,
        Meta(description="Degrees by which to turn the photo counter-clockwise first."),
    ] = None


class StepAnswer(Struct, frozen=True):
    """A step from the photo to the pixels that the network sees."""

    name: str
    png: Annotated[str, Meta(description="A PNG image, in base64.")]


class PredictionAnswer(Struct, frozen=True):
    """What a model predicts for one photo, drawing or image; see docs/python.md."""

    label: Annotated[str, Meta(description="The most probable class.")]
    index: Annotated[int, Meta(ge=0, description="Its place among the classes, from 0.")]
    confidence: Annotated[float, Meta(ge=0, le=1, description="Its probability.")]
    probabilities: Annotated[
        list[float], Meta(description="Of each class, in the order of `classes`.")
    ]
    evidence: Annotated[
        float,
        Meta(
            description="How far the log-probability of the class is above the mean over classes."
        ),
    ]
    certainty: Certainty
    sure: bool
    unsure: bool
    reason: Annotated[str, Meta(description="Why it can't tell, in a sentence; empty if it can.")]
    sentence: Annotated[str, Meta(description="The prediction as the app shows it.")]
    kind: Annotated[
        str,
        Meta(
            description="What it was taken for: drawing, photo, whole (nothing was cut out), or image (of the data set)."
        ),
    ]
    turned: Annotated[int, Meta(description="Degrees by which the photo was turned.")]
    items: Annotated[
        list[tuple[int, int, int, int]],
        Meta(
            description="Left, top, right and bottom of several items in pixels of the photo, reduced to at most 1,024."
        ),
    ]
    item: Annotated[int | None, Meta(description="Which of them was predicted.")]
    steps: list[StepAnswer] | UnsetType = UNSET

    @classmethod
    def of(cls, found: Prediction, steps: bool = False) -> "PredictionAnswer":
        """The answer that a prediction is, on request with its steps."""
        more: dict[str, Any] = {"certainty": found.certainty, "sentence": str(found)}
        if steps:
            more["steps"] = [StepAnswer(name, _png(pixels)) for name, pixels in found.steps]
        return msgspec.convert(found.row() | more, cls)


class PhotoAnswer(Struct, frozen=True, omit_defaults=True):
    """One of several photos: its prediction, or why there is none."""

    file: Annotated[str, Meta(description="The name it was sent with.")]
    prediction: PredictionAnswer | UnsetType = UNSET
    error: Annotated[str, Meta(description="What is wrong with the file, in a sentence.")] = ""

    @classmethod
    def of(cls, outcome: Outcome, steps: bool) -> "PhotoAnswer":
        """The answer that an outcome is."""
        if outcome.found is None:
            return cls(outcome.file, error=outcome.problem)
        return cls(outcome.file, PredictionAnswer.of(outcome.found, steps))


class PhotoAnswers(Struct, frozen=True):
    """The answer to several photos."""

    model: str
    classes: tuple[str, ...]
    predictions: Annotated[list[PhotoAnswer], Meta(description="In the order of the photos.")]


class OneAnswer(Struct, frozen=True):
    """The answer to one photo or drawing."""

    model: str
    classes: tuple[str, ...]
    prediction: PredictionAnswer


class ImageAnswers(Struct, frozen=True):
    """The answer to images in the form of the data set."""

    model: str
    classes: tuple[str, ...]
    predictions: Annotated[list[PredictionAnswer], Meta(description="In the order of the images.")]


class ModelAnswer(Struct, frozen=True):
    """A model that is served."""

    name: str
    digest: Annotated[str, Meta(description="Changes with the model: the start of its SHA-256.")]
    recipe: str
    data: Annotated[str, Meta(description="The data set it was trained on.")]
    classes: tuple[str, ...]
    shape: Annotated[
        tuple[int, ...],
        Meta(description="Of an image: height, width and, in colour, 3."),
    ]
    framing: Annotated[
        str, Meta(description="How a photo is brought to that form: cut-out, squeezed or cropped.")
    ]
    test_accuracy: Annotated[float, Meta(ge=0, le=1)]
    parameters: int


class ModelAnswers(Struct, frozen=True):
    """All models that are served."""

    models: Annotated[list[ModelAnswer], Meta(description="The first predicts by default.")]


class Health(Struct, frozen=True):
    """How the server is."""

    live: Annotated[bool, Meta(description="It answers.")]
    ready: Annotated[bool, Meta(description="It takes another prediction now.")]
    version: Annotated[str, Meta(description="Of the package fmnist.")]
    model: Annotated[str, Meta(description="The model that predicts by default.")]
    digest: Annotated[str, Meta(description="Of that model.")]
    requests: Annotated[int, Meta(ge=0, description="Predictions that are being answered.")]


class Problem(Struct, frozen=True):
    """Why a request was not carried out."""

    error: Annotated[
        str, Meta(description="What is wrong, what was expected and what to do, in a sentence.")
    ]


def read_query(given: Mapping[str, str], kind: type[Query]) -> Query:
    """The parameters of a request's address.

    Raises:
        Refusal: 422, as one does not exist or has an impossible value.
    """
    try:
        return msgspec.convert(dict(given), kind, strict=False)
    except msgspec.ValidationError as error:
        names = ", ".join(kind.__struct_fields__)
        reason = f"The query is wrong{explain_value(error)} Its parameters are: {names}."
        raise Refusal(422, reason) from None


def _png(pixels: Any) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
