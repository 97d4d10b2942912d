"""What is in a request's body: image files, or images in the form of the data set."""

import dataclasses
import io
from typing import Annotated, Any

import msgspec
import numpy as np
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fmnist.data.dataset import Form
from fmnist.runs.files import explain_value

from .limits import Limits, Refusal

MULTIPART = "multipart/form-data"
BYTES = "application/octet-stream"
NPY = "application/x-npy"
JSON = "application/json"

Pixel = Annotated[int, msgspec.Meta(ge=0, le=255)]


@dataclasses.dataclass(frozen=True)
class Photo:
    """An image file that was sent."""

    name: str
    content: bytes


async def read_photos(request: Request, limits: Limits) -> list[Photo]:
    """The image files of a request: the parts of a form, or the body itself.

    Raises:
        Refusal: 400, no file or a form that is damaged; 413, too many; 415, another type.
    """
    kind = media_type(request)
    if kind == MULTIPART:
        photos = await _parts(request, limits)
    elif kind in ("", BYTES) or kind.startswith("image/"):
        photos = [Photo("photo", await request.body())]
    else:
        reason = f"The body is {kind[:80]}; expected a photo as image/jpeg or the like, or a form of type {MULTIPART}."
        raise Refusal(415, f"{reason} With curl: -F photo=@FILE.")
    if not photos or not any(photo.content for photo in photos):
        raise Refusal(400, "The request has no photo; expected one. With curl: -F photo=@FILE.")
    return photos


async def _parts(request: Request, limits: Limits) -> list[Photo]:
    if not (await request.body()).rstrip().endswith(b"--"):  # the parser would drop its last file
        raise Refusal(400, "The form is cut short; expected a boundary at its end.")
    try:
        async with request.form(max_files=limits.batch + 1, max_fields=limits.batch) as form:
            files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
            photos = [Photo(file.filename or "photo", await file.read()) for file in files]
    except HTTPException as error:  # Starlette's parser
        if "Too many" in error.detail:
            raise too_many(limits) from None
        raise Refusal(400, f"The form cannot be read: {error.detail.rstrip('.')}.") from None
    if len(photos) > limits.batch:
        raise too_many(limits)
    return photos


def too_many(limits: Limits) -> Refusal:
    """The refusal of more photos or images than may be in a request."""
    return Refusal(
        413,
        f"The request has more than {limits.batch:,} photos or images; expected at most that. Send several requests.",
    )


def images_of(kind: str, body: bytes, form: Form, limits: Limits) -> np.ndarray:
    """The images of a body.

    Args:
        kind: its media type: BYTES (pixel after pixel, row after row, image after image), NPY or JSON.
        body: its content.
        form: of the model's data set.
        limits: how many there may be.

    Returns:
        (N, *form.shape) uint8; N from 1.

    Raises:
        Refusal: 400, 413, 415 or 422.
    """
    readers = {BYTES: _of_bytes, "": _of_bytes, NPY: _of_npy, JSON: _of_json}
    if kind not in readers:
        expected = ", ".join(filter(None, readers))
        raise Refusal(415, f"The body is {kind[:80]}; expected one of: {expected}.")
    if not body:
        raise Refusal(400, f"The request has no images; expected images of {form}.")
    images = readers[kind](body, form)
    if images.shape[1:] != form.shape and images.shape == form.shape:
        images = images[None]
    if images.shape[1:] != form.shape or images.dtype != np.uint8:
        raise Refusal(
            422,
            f"The array has the shape {images.shape} and the type {images.dtype}; expected (N, "
            f"{', '.join(map(str, form.shape))}) of uint8, from 0 to 255.",
        )
    if len(images) > limits.batch:
        raise too_many(limits)
    if not len(images):
        raise Refusal(422, f"The array has no images; expected 1 to {limits.batch:,}.")
    return images


def _of_bytes(body: bytes, form: Form) -> np.ndarray:
    size = form.side * form.side * form.channels
    if len(body) % size:
        raise Refusal(
            422,
            f"The body has {len(body):,} bytes; expected a multiple of {size:,}, a byte for each "
            f"{'channel of each ' if form.colour else ''}pixel of images of {form.size}.",
        )
    return np.frombuffer(body, np.uint8).reshape(-1, *form.shape)


def _of_npy(body: bytes, form: Form) -> np.ndarray:
    """The array, whose size is compared with what is there before anything is made of it."""
    file = io.BytesIO(body)
    try:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0}
        shape, by_column, dtype = read.get(version, np.lib.format.read_array_header_2_0)(file)
        if dtype != np.uint8:  # objects, say, which are never unpickled
            raise Refusal(
                422, f"The array has the type {str(dtype)[:80]}; expected uint8, from 0 to 255."
            )
        pixels = np.frombuffer(body, np.uint8, offset=file.tell())
        return pixels.reshape(shape, order="F" if by_column else "C")
    except Refusal:
        raise
    except Exception:  # NumPy evaluates what stands there, which raises nearly anything
        raise Refusal(
            422, "The body is damaged or cut short; expected a .npy file of NumPy."
        ) from None


def _of_json(body: bytes, form: Form) -> np.ndarray:
    """The images of lists, whose lengths are checked while they are read: millions of empty ones take no memory."""
    nested: Any = Pixel
    for length in reversed(form.shape):
        nested = Annotated[list[nested], msgspec.Meta(min_length=length, max_length=length)]
    try:
        return np.array(msgspec.json.decode(body, type=list[nested]), np.uint8)
    except msgspec.ValidationError as error:
        raise Refusal(
            422, f"The body is wrong{explain_value(error)} Expected a list of images of {form}."
        ) from None
    except msgspec.DecodeError as error:
        raise Refusal(400, f"The body is not JSON: {str(error).rstrip('.')[:200]}.") from None


def media_type(request: Request) -> str:
    """The type of a request's body, without its parameters; empty if it has none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


_FILE = {"type": "string", "contentMediaType": "image/*", "format": "binary"}
_GREY = {"type": "integer", "minimum": 0, "maximum": 255}
_COLOUR = {"type": "array", "items": _GREY, "minItems": 3, "maxItems": 3}
IMAGE_TYPES = {  # of /predict/images, with what each has, as a JSON schema
    BYTES: {
        "type": "string",
        "format": "binary",
        "description": "A byte a pixel: row after row, image after image.",
    },
    NPY: {"type": "string", "format": "binary", "description": "(N, *shape) uint8, by numpy.save."},
    JSON: {
        "type": "array",
        "items": {
            "type": "array",
            "items": {"type": "array", "items": {"anyOf": [_GREY, _COLOUR]}},
        },
        "minItems": 1,
        "description": "A list of images, each a list of rows of numbers from 0 to 255.",
    },
}


def photo_types(name: str, many: bool) -> dict[str, Any]:
    """What the body of a request with photos may be: a schema for each media type.

    Args:
        name: of the part of a form.
        many: whether there may be several.
    """
    files = {"type": "array", "items": _FILE, "minItems": 1} if many else _FILE
    form = {"type": "object", "properties": {name: files}, "required": [name]}
    return {MULTIPART: form, "image/*": _FILE, BYTES: _FILE}
