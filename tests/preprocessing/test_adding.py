"""What people bring for a data set of their own: proposed before anything is written."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fmnist.data import library
from fmnist.data.dataset import DatasetError, Form
from fmnist.machine import folders
from fmnist.preprocessing.adding import propose

from ..conftest import in_one_sentence

RNG = np.random.default_rng(0)


def picture(size=(12, 12), colour: bool = False) -> Image.Image:
    shape = (*size[::-1], 3) if colour else size[::-1]
    return Image.fromarray(RNG.integers(0, 256, shape, np.uint8))


def write(folder: Path, count: int = 10, **form) -> Path:
    """So many different pictures in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        picture(**form).save(folder / f"{number}.png")
    return folder


def zipped(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def refusal(path: Path, **options) -> str:
    with pytest.raises(DatasetError) as error:
        propose(path, **options)
    assert in_one_sentence(str(error.value))
    return str(error.value)


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "ZIP"])
def test_a_folder_for_each_class_becomes_a_data_set_with_a_fifth_held_out(home, tmp_path, packed):
    folder = tmp_path / "shapes"
    for name in ("circle", "مربع", "🔺"):
        write(folder / name, 20)
    seen = []
    proposal = propose(zipped(folder) if packed else folder, progress=lambda *of: seen.append(of))
    assert seen[-1] == (60, 60)
    assert proposal.class_names == ("circle", "مربع", "🔺")
    assert proposal.form == Form(28)
    assert set(map(str, proposal.counts.values())) == {str({"train": 16, "test": 4})}
    assert not proposal.left_out
    assert not folders.datasets().exists()
    dataset = proposal.add("shapes")
    assert dataset == library.find("shapes")
    assert dataset.counts == {"train": 48, "test": 12}
    images, labels = dataset.load("test")
    assert images.shape == (12, 28, 28)
    assert np.bincount(labels).tolist() == [4, 4, 4]
    assert (labels != np.sort(labels)).any()  # the first ones are a sample of all
