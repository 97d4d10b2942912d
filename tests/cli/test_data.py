"""Data sets of one's own at the shell: added, listed, shown, removed."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from fmnist.cli.commands import main
from fmnist.data import library
from fmnist.machine import folders


@pytest.fixture
def shapes(tmp_path):
    """A folder of two classes, ten images each, and a file that is none."""
    rng = np.random.default_rng(0)
    for name in ("circle", "square"):
        (tmp_path / "shapes" / name).mkdir(parents=True)
        for number in range(10):
            image = Image.fromarray(rng.integers(0, 256, (9, 9), np.uint8))
            image.save(tmp_path / "shapes" / name / f"{number}.png")
    (tmp_path / "shapes" / "circle" / "broken.png").write_bytes(b"\x89PNG\r\n")
    return tmp_path / "shapes"


def test_what_is_read_is_printed_and_kept(home, call, shapes):
    done = call("data", "add", shapes, "--name", "mine", "--side", "32")
    assert (done.returncode, done.stderr) == (0, "")
    for text in ("20 images of 2 classes", "32 x 32", "circle/broken.png", "--data mine"):
        assert text in done.stdout
    listed = [json.loads(line) for line in call("data", "list", "--json").stdout.splitlines()]
    assert [row["name"] for row in listed] == ["fashion-mnist", "mine"]
    assert listed[1]["counts"] == {"train": 16, "test": 4}
    assert "circle/broken.png" in call("data", "show", "mine").stdout
    assert call("data", "remove", "mine").returncode == 0
    assert [dataset.name for dataset in library.listing()] == ["fashion-mnist"]


def test_a_dry_run_says_the_same_as_json_and_writes_nothing(home, call, shapes):
    done = call("data", "add", shapes, "--dry-run", "--json", "--colour", "--test", "0.3")
    row = json.loads(done.stdout)
    assert (row["name"], row["added"]) == ("shapes", False)
    assert row["form"] == {"side": 28, "colour": True}
    assert row["counts"]["circle"] == {"train": 7, "test": 3}
    assert [each["first"] for each in row["left_out"]] == [["circle/broken.png"]]
    assert not folders.datasets().exists()


def test_what_cannot_be_added_or_removed_is_one_sentence(home, refusal, shapes, tmp_path):
    assert "fashion-mnist" in refusal("data", "add", shapes, "--name", "fashion-mnist")
    assert "0.9" in refusal("data", "add", shapes, "--test", "0.9")
    assert "nothing" in refusal("data", "add", tmp_path / "nothing")
    assert "fashion-mnist" in refusal("data", "remove", "fashion-mnist")
    assert "none" in refusal("data", "show", "none")


def test_a_reader_that_stops_stops_no_data_set(home, shapes, monkeypatch):
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    main(["data", "add", str(shapes), "--name", "mine"])
    assert library.find("mine").classes == 2
