"""The data set: all of it, as it was released, or one clear sentence."""

import gzip
import shutil
import subprocess
import sys

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.data.dataset import DatasetError
from fmnist.machine import folders

from ..conftest import in_one_sentence

LABELS = "t10k-labels-idx1-ubyte"


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
def test_each_split_has_its_pictures_and_as_many_of_each_class(split, count):
    images, labels = fashion_mnist.load(split)
    assert images.shape == (count, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [count // 10] * 10


def test_the_first_test_images_are_the_known_ones():
    images, labels = fashion_mnist.load("test")
    assert labels[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
    assert images[0, 0].max() == 0  # the background is black
    assert images.max() == 255


def test_nobody_can_change_the_pictures_that_all_share():
    images, labels = fashion_mnist.load("test")
    with pytest.raises(ValueError, match="read-only"):
        images[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        labels[0] = 1


def damage(folder, content: bytes | None) -> str:
    """What is said of a data file with that content."""
    if content is not None:
        (folder / f"{LABELS}.gz").write_bytes(content)
    with pytest.raises(DatasetError) as error:
        fashion_mnist.read_idx(folder, LABELS)
    assert in_one_sentence(str(error.value))
    assert str(folder / f"{LABELS}.gz") in str(error.value)
    return str(error.value)


def test_a_missing_file_is_named_in_one_sentence(tmp_path):
    assert "is missing" in damage(tmp_path, None)


def test_a_file_that_was_cut_short_is_named_in_one_sentence(tmp_path):
    whole = (fashion_mnist.FOLDER / f"{LABELS}.gz").read_bytes()
    assert "cannot be read" in damage(tmp_path, whole[:-200])


def test_a_file_that_is_no_gzip_file_is_named_in_one_sentence(tmp_path):
    assert "cannot be read" in damage(tmp_path, b"<html>404 Not Found</html>")


def test_a_file_damaged_in_the_middle_is_named_in_one_sentence(tmp_path):
    whole = bytearray((fashion_mnist.FOLDER / f"{LABELS}.gz").read_bytes())
    whole[1000:1100] = bytes(100)
    assert "cannot be read" in damage(tmp_path, bytes(whole))


def test_a_file_of_the_right_form_with_one_label_changed_is_refused(tmp_path):
    labels = bytearray(gzip.decompress((fashion_mnist.FOLDER / f"{LABELS}.gz").read_bytes()))
    labels[-1] ^= 1
    assert "not the released Fashion-MNIST file" in damage(tmp_path, gzip.compress(bytes(labels)))


@pytest.fixture
def damaged_clone(tmp_path):
    """A clone of the project, less a file of the data set."""
    clone = tmp_path / "clone"
    shutil.copytree(
        folders.ROOT / "fmnist", clone / "fmnist", ignore=shutil.ignore_patterns("*.gz")
    )
    for name in ("models", "streamlit_app.py", ".streamlit"):
        (clone / name).symlink_to(folders.ROOT / name)
    return clone


def test_a_command_without_the_data_says_so_in_one_sentence(damaged_clone):
    command = [sys.executable, "-m", "fmnist", "evaluate", "mlp-256"]
    done = subprocess.run(command, cwd=damaged_clone, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert in_one_sentence(done.stderr)
    assert "t10k-images-idx3-ubyte.gz is missing" in done.stderr


def test_a_page_without_the_data_says_so_in_one_sentence(damaged_clone):
    show = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("fmnist/app/script.py", default_timeout=60).run()
for page in ("try_it", "mistakes", "data"):
    app.switch_page(f"{page}/page.py").run()
    print([error.value for error in app.error], [e.value for e in app.exception], sep="\\n")
"""
    command = [sys.executable, "-c", show]
    done = subprocess.run(command, cwd=damaged_clone, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    errors, exceptions = done.stdout.splitlines()[::2], done.stdout.splitlines()[1::2]
    assert exceptions == ["[]", "[]", "[]"]
    assert all("-images-idx3-ubyte.gz is missing" in error for error in errors)
