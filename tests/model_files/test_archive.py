"""The ZIP of a run, cut short, changed or made to harm: one sentence, and nothing is left of it."""

import contextlib
import stat
import zipfile
from collections.abc import Callable

import pytest

from fmnist.model_files import archive
from fmnist.model_files.inspection import ModelFileError

from ..conftest import tells
from .zips import changed, refused, zipped


def without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {each: content for each, content in files.items() if each != name}


CHANGES: dict[str, tuple[Callable, tuple[str, ...]]] = {
    "no result": (lambda f: without(f, "result.json"), ("result.json",)),
    "no model": (lambda f: without(f, "model.keras"), ("model.keras",)),
    "a file too many": (lambda f: f | {"run.py": b"import os"}, ("run.py", "does not know")),
    "a field too many": (lambda f: changed(f, "run.json", spell=1), ("spell", "does not know")),
    "a newer recipe": (
        lambda f: changed(f, "run.json", recipe={"dreams": 3}),
        ("run.json", "dreams", "does not know"),
    ),
    "a newer result": (lambda f: changed(f, "result.json", joy=1), ("result.json", "joy")),
    "no JSON": (lambda f: f | {"run.json": b"{"}, ("run.json",)),
    "an impossible recipe": (
        lambda f: changed(f, "run.json", recipe={"epochs": -1}),
        ("run.json", "Epochs"),
    ),
    "an impossible result": (
        lambda f: changed(f, "result.json", test_accuracy=7),
        ("result.json",),
    ),
    "another data set": (
        lambda f: changed(f, "run.json", data={"digest": "0" * 64, "name": "pets"}),
        ("pets", "not here"),
    ),
    "a parent that is none": (
        lambda f: changed(f, "run.json", recipe={"teachers": ["../secret"]}),
        ("../secret",),
    ),
    "a builder that is none": (
        lambda f: changed(
            f,
            "run.json",
            recipe={"architecture": "file", "builder": "![](x)", "builder_source": "x=1"},
        ),
        ("![](x)",),
    ),
    "half of the predictions": (
        lambda f: f | {"predictions.npz": f["predictions.npz"][:5000]},
        ("predictions.npz",),
    ),
    "an unknown preprocessing": (
        lambda f: changed(
            f,
            "run.json",
            recipe={"architecture": "imported"},
            imported={"file": "a.keras", "sha256": "", "preprocessing": "magic", "about": ""},
        ),
        ("magic", "does not know"),
    ),
    "no description of its file": (
        lambda f: changed(f, "run.json", recipe={"architecture": "imported"}),
        ("run.json",),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_has_changed_is_refused_in_a_sentence(change, files, tmp_path, home):
    home.mkdir(parents=True)
    alter, words = CHANGES[change]
    message = refused(zipped(tmp_path / "a.zip", alter(files)), home)
    assert tells(message, "brought.zip", *words)


def link(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    found.external_attr = (stat.S_IFLNK | 0o777) << 16
    return found


@pytest.mark.parametrize(
    "entry",
    [
        "../run.json",
        "/etc/passwd",
        "brought/../../x",
        "C:\\model.keras",
        "brought/deep/er/model.keras",
        "other/model.tflite",
        link("brought/log.txt"),
        link("brought/changes.json"),
    ],
    ids=str,
)
def test_no_entry_gets_out_of_its_folder(entry, files, tmp_path, home):
    home.mkdir(parents=True)
    path = zipped(tmp_path / "a.zip", files)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(entry, b"x")
    assert tells(refused(path, home), "brought.zip")
    assert {each.name for each in tmp_path.iterdir()} == {"a.zip", "runs"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_a_bomb_and_a_torn_zip_are_refused(files, tmp_path, home):
    home.mkdir(parents=True)
    path = zipped(tmp_path / "a.zip", files)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("brought/run.json", b"{}")
    assert tells(refused(path, home), "run.json", "more than once")
    nothing = dict.fromkeys(archive.NEEDED, b"")
    bomb = zipped(tmp_path / "bomb.zip", nothing | {"model.keras": bytes(30_000_000)})
    assert tells(refused(bomb, home), "brought.zip", "times its size")
    huge = zipped(tmp_path / "huge.zip", files | {"run.json": b" " * 2_000_000})
    assert tells(refused(huge, home), "run.json", "2 MB")
    rare = tmp_path / "rare.zip"
    with zipfile.ZipFile(rare, "w", zipfile.ZIP_LZMA) as file:
        for name, content in files.items():
            file.writestr(f"brought/{name}", content)
    assert tells(refused(rare, home), "brought.zip", "rare way")
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[: len(whole) // 2] + whole[-200:]):
        (tmp_path / "torn.zip").write_bytes(content)
        assert tells(refused(tmp_path / "torn.zip", home), "brought.zip")
    flipped = bytearray(zipped(tmp_path / "b.zip", files).read_bytes())
    flipped[len(flipped) // 2] ^= 255
    (tmp_path / "flipped.zip").write_bytes(flipped)
    assert tells(refused(tmp_path / "flipped.zip", home), "brought.zip", "damaged")


def test_a_table_of_contents_may_hold_anything(tmp_path):
    whole = zipped(tmp_path / "a.zip", dict.fromkeys(archive.NEEDED, b"x")).read_bytes()
    table, path = whole.index(b"PK\1\2"), tmp_path / "b.zip"
    (tmp_path / "out").mkdir()
    for place in range(table, len(whole)):
        for value in (0, 255):
            path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
            with contextlib.suppress(ModelFileError):
                archive.unpack(path, tmp_path / "out")
    assert {each.name for each in (tmp_path / "out").iterdir()} <= {*archive.NEEDED}


def test_a_zip_with_a_model_alone_is_no_run(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("model.keras", b"x")
    assert not archive.is_run(tmp_path / "a.zip")
    assert archive.is_run(zipped(tmp_path / "b.zip", {"run.json": b""}))
