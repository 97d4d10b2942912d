"""The Fashion-MNIST data set, which ships: what it is, and its four IDX files as uint8 arrays."""

import functools
import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np

from .dataset import DataSet, DatasetError, Form
from .labels import CLASS_NAMES

FOLDER = Path(__file__).parents[1] / "resources" / "fashion-mnist"

# MD5 of the uncompressed files of the release of 31 August 2017.
MD5 = {
    "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}
PREFIX = {"train": "train", "test": "t10k"}

DATASET = DataSet(
    name="fashion-mnist",
    class_names=CLASS_NAMES,
    form=Form(28),
    training_images=60_000,
    test_images=10_000,
    digest="52ab1072176894b77162f7d5f26cf6d7974ea47f21b78970e4bf45ecc3c9ac69",
    origin="Zalando Research, MIT licence: https://github.com/zalandoresearch/fashion-mnist",
)


@functools.cache
def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read one split of the data set.

    Args:
        split: "train" (60,000 images) or "test" (10,000 images).

    Returns:
        Images, (N, 28, 28) uint8, 0 is background; labels, (N,) uint8, 0 to 9. Both are
        read-only, because every caller in the process shares them.

    Raises:
        DatasetError: a file is missing, is not a gzip file, or differs from the released one.
    """
    images = read_idx(FOLDER, f"{PREFIX[split]}-images-idx3-ubyte")
    labels = read_idx(FOLDER, f"{PREFIX[split]}-labels-idx1-ubyte")
    return images, labels


def read_idx(folder: Path, name: str) -> np.ndarray:
    """Read one gzipped IDX file and check its MD5.

    The form: two zero bytes, a type (8 is uint8), the number of axes, each axis' length as a
    big-endian 32-bit integer, then the data (http://yann.lecun.com/exdb/mnist/).

    Returns:
        A read-only uint8 array of the shape that the file's header gives.

    Raises:
        DatasetError: see `load`.
    """
    path = folder / f"{name}.gz"
    try:
        data = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DatasetError(
            f"{path} is missing; restore it from a complete clone of this project."
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path} cannot be read ({error}); restore it from the clone.") from None
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != MD5[name]:
        raise DatasetError(
            f"{path} is not the released Fashion-MNIST file (its MD5 differs from {MD5[name]}); "
            "restore it from the clone."
        )
    axes = data[3]
    shape = np.frombuffer(data, ">u4", count=axes, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape.tolist())
