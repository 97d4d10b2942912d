"""Images of something like a boot, as files of all kinds: what tests of images share."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fmnist.data import fashion_mnist
from fmnist.data.image_files import ImageFileError, open_image
from fmnist.preprocessing import preprocess
from fmnist.preprocessing.preprocess import Prepared

from .conftest import in_one_sentence

DARK, LIGHT = (20, 30, 90), (255, 255, 255)


def garment(size: int = 200, ink=DARK, paper=LIGHT) -> Image.Image:
    """Something like a boot: an L that no turn or mirror maps to itself."""
    image = Image.new("RGB", (size, size), paper)
    draw, unit = ImageDraw.Draw(image), size // 10
    draw.rectangle([2 * unit, unit, 4 * unit, 9 * unit], fill=ink)
    draw.rectangle([2 * unit, 7 * unit, 8 * unit, 9 * unit], fill=ink)
    return image


def file(image: Image.Image, form: str, **options) -> bytes:
    """The content of the file that the image makes."""
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def prepare(image: Image.Image) -> Prepared:
    """What becomes of an image on its way to a network for Fashion-MNIST."""
    return preprocess.prepare(image, fashion_mnist.DATASET.form)


def seen(content: bytes) -> np.ndarray:
    """What the network sees of a file: (28, 28) int."""
    pixels = prepare(open_image(content)).pixels
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.uint8
    return pixels.astype(int)


def refusal(content: bytes) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(ImageFileError) as error:
        prepare(open_image(content))
    assert in_one_sentence(str(error.value))
    return str(error.value)


def are_alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two images show the same at the same place, if perhaps a little brighter."""
    return np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.94


BOOT = seen(file(garment(), "PNG"))
