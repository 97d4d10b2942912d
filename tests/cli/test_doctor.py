"""What `doctor` finds: nothing in a sound installation, and in another what is wrong, in a sentence."""

import json
import os
import shutil
import socket
import time

import pytest

from fmnist.cli.doctor import computer, content, packages, places, training
from fmnist.machine import folders

from ..conftest import fmnist, in_one_sentence


def wrong(check) -> str:
    """What a check finds wrong, a line each."""
    findings = [*check()]
    assert findings
    assert all(in_one_sentence(finding.text) for finding in findings), findings
    return "\n".join(finding.text for finding in findings if finding.level == "wrong")


@pytest.fixture
def few_shipped(tmp_path, monkeypatch):
    """One model ships."""
    shutil.copytree(folders.SHIPPED / "mlp-256", tmp_path / "models" / "mlp-256")
    monkeypatch.setattr("fmnist.machine.folders.SHIPPED", tmp_path / "models")
    return tmp_path / "models" / "mlp-256"


@pytest.mark.parametrize("module", [computer, places, content])
def test_nothing_is_wrong_here(module, tiny, interrupted, few_shipped):
    assert wrong(module.check) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("FMNIST_MODE", "clas"), ("FMNIST_WORKERS", "-1"), ("KERAS_BACKEND", "theano")],
)
def test_a_setting_that_cannot_be_is_named(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    assert name in wrong(computer.check)
    assert wrong(places.check) == ""


def test_a_cluster_that_nobody_answers_for_is_named_and_none_is_no_matter(monkeypatch):
    assert [*training.check()] == []
    for address in ("somewhere", "ray://127.0.0.1:1"):
        monkeypatch.setenv("FMNIST_CLUSTER", address)
        assert address in wrong(training.check)


def test_a_port_in_use_is_a_note():
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else has it
        (finding,) = (each for each in computer.check() if "8000" in each.text)
    assert finding.level == "note"


def test_a_folder_that_is_none_or_cannot_be_written_to(home, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "file" / "runs"))
    assert "is not a folder" in wrong(places.check)
    monkeypatch.setenv("FMNIST_RUNS", "/proc/self")
    assert "FMNIST_RUNS" in wrong(places.check)
    monkeypatch.setenv("FMNIST_MODE", "public")  # which keeps nothing
    assert wrong(places.check) == ""


def test_a_clock_behind_the_files_is_wrong(tiny):
    later = time.time() + 86_400
    os.utime(tiny.path / "status.json", (later, later))
    assert "1,440 minutes" in wrong(places.check)


def test_damaged_models_runs_and_data_sets_are_named(few_shipped, tiny, own):
    shutil.copy(tiny.path / "model.tflite", few_shipped)  # another network
    (tiny.path / "result.json").write_text("{")
    (folders.datasets() / "shapes" / "test-images.npy").write_bytes(b"noise")
    said = wrong(content.check)
    for fact in ("mlp-256/model.tflite", "result.json is damaged", "test-images.npy is damaged"):
        assert fact in said
    assert len(said.splitlines()) == 3


def test_packages_of_other_versions_or_none_are_named(tmp_path, monkeypatch):
    project = '[project]\nrequires-python = ">=3.99"\ndependencies = ["numpy<1", "no-such-thing"]\n'
    extras = '[project.optional-dependencies]\ntrain = ["no-such-keras"]\n'
    (tmp_path / "pyproject.toml").write_text(project + extras)
    monkeypatch.setattr("fmnist.machine.folders.ROOT", tmp_path)
    said = wrong(packages.check)
    for fact in ("expected >=3.99", "numpy is", "no-such-thing"):
        assert fact in said
    notes = [each.text for each in packages.check() if each.level == "note"]
    assert "no-such-keras" in "".join(notes)


@pytest.mark.slow
def test_the_whole_command_finds_nothing_wrong_with_this_installation():
    done = fmnist("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["wrong"] == 0
    assert {"data", "models", "clock", "TensorFlow"} <= {each["about"] for each in found["checks"]}
