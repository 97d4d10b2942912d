"""The package as others install it: what it needs, what its wheel holds, and that this works alone."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fmnist.machine import EXTRAS, folders
from fmnist.recipes import registry

from .conftest import in_one_sentence, python

PROJECT = tomllib.loads((folders.ROOT / "pyproject.toml").read_text())["project"]
OPTIONAL = PROJECT["optional-dependencies"]
ABSENT = (
    *("tensorflow", "keras", "streamlit", "pandas", "pyarrow", "h5py", "altair", "plotly"),
    *("starlette", "uvicorn"),
)

SHIPPED_FILES = ("run.json", "result.json", "metrics.jsonl", "model.*", "*.npz")


def named(extra: str) -> dict[str, Requirement]:
    """What an extra and the core ask for, by name."""
    found = {}
    for text in PROJECT["dependencies"] + OPTIONAL[extra]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            for other in requirement.extras:
                found |= named(other)
        else:
            found[canonicalize_name(requirement.name)] = requirement
    return found


def locked(file: str) -> tuple[dict[str, str], set[str]]:
    """The versions that a file of requirements names, and which of them the project itself asks for."""
    versions, direct, name = {}, set(), ""
    for line in (folders.ROOT / file).read_text().splitlines():
        if match := re.match(r"([\w.-]+)==(\S+)", line):
            name, versions[name] = match[1], match[2]
        elif line.startswith(" ") and line.endswith("fmnist (pyproject.toml)"):
            direct.add(name)
        else:
            assert line.startswith((" ", "#", "./ ;")), f"{line} names no exact version"
    return versions, direct


@pytest.mark.parametrize(
    ("file", "extra"),
    [("requirements.txt", "all"), ("requirements-dev.txt", "dev"), ("requirements-jax.txt", "jax")],
)
def test_the_locked_requirements_are_those_of_pyproject(file, extra):
    wanted, (versions, direct) = named(extra), locked(file)
    assert direct == set(wanted), "run `make lock`"
    for name, requirement in wanted.items():
        assert requirement.specifier.contains(versions[name]), f"{name}: run `make lock`"


def test_app_and_tests_run_with_the_same_versions():
    app, tests = locked("requirements.txt")[0], locked("requirements-dev.txt")[0]
    assert app.items() <= tests.items()


def test_a_missing_package_leads_to_an_extra_that_brings_it():
    for package, extra in EXTRAS.items():
        called = package.replace("_", "-")
        assert {called, f"{called}-python", f"py{called}"} & named(extra).keys()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=folders.ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The folder that the wheel was unpacked in, as pip does."""
    folder = tmp_path_factory.mktemp("site packages, für alle")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.slow
def test_the_wheel_holds_what_the_repository_holds(wheel):
    code = [
        path for path in (folders.ROOT / "fmnist").rglob("*") if "__pycache__" not in path.parts
    ]
    models = [path for name in SHIPPED_FILES for path in folders.SHIPPED.glob(f"*/{name}")]
    files = [path.relative_to(folders.ROOT).as_posix() for path in code + models if path.is_file()]
    bundled = "fmnist/resources/project/"
    expected = {name if name.startswith("fmnist/") else bundled + name for name in files}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not expected - names
    for needed in (
        "fmnist/resources/fashion-mnist/train-images-idx3-ubyte.gz",
        "fmnist/resources/fashion-mnist/LICENSE",
        "fmnist/resources/u2netp/u2netp.tflite",
        "fmnist/resources/u2netp/LICENSE",
        "fmnist/app/components/gallery.js",
        f"{bundled}models/{registry.DEFAULT}/model.tflite",
        f"{bundled}streamlit_app.py",
        f"{bundled}.streamlit/config.toml",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "models/", "runs/"))]


def away(installed: Path, code: str, folder: Path) -> str:
    """Run code with the installed package, in another folder; what it printed."""
    environment = os.environ | {"PYTHONPATH": str(installed), "XDG_DATA_HOME": str(folder / "data")}
    environment.pop("FMNIST_RUNS")
    return python(code, cwd=folder, env=environment)


@pytest.mark.slow
def test_the_installed_core_predicts_without_optional_packages(installed, tmp_path):
    (tmp_path / "photo.png").write_bytes((folders.ROOT / "docs" / "phone.png").read_bytes())
    printed = away(installed, f"""
import contextlib, io, sys
from pathlib import Path
sys.modules |= dict.fromkeys({ABSENT})  # importing one fails as if it were not installed
from fmnist.cli.commands import main
from fmnist.machine import folders
assert Path({str(installed)!r}) in folders.SHIPPED.parents
assert main(["predict", "photo.png"]) == 0
from fmnist import Classifier
print("in Python:", Classifier.load({registry.DEFAULT!r}).predict("photo.png"))
assert main(["models"]) == 0
for command in (["train", "tiny"], ["app"], ["serve"], ["layers", "tiny"], ["evaluate", "sprint", "--data", "t.csv"]):
    Path("t.csv").write_text("label,pixel1\\n1,1\\n")
    with contextlib.redirect_stderr(io.StringIO()) as said:
        assert main(command) == 1, command
    print("said:", said.getvalue().strip())
""", tmp_path)  # fmt: skip
    predicted = re.search("^photo.png: (.*)$", printed, re.MULTILINE)
    assert f"in Python: {predicted[1]}\n" in printed
    assert registry.DEFAULT in printed
    said = [line for line in printed.splitlines() if line.startswith("said:")]
    assert len(said) == 5
    for line in said:
        assert in_one_sentence(line)
        assert "pip install" in line


@pytest.mark.slow
def test_the_installed_app_trains_and_shows_its_pages_away_from_the_clone(installed, tmp_path):
    printed = away(installed, """
import os, time
from streamlit.testing.v1 import AppTest
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.machine import folders
run = launcher.start(registry.find("tiny").changed(epochs=1, training_images=600))
until = time.monotonic() + 120
while run.state in ("queued", "running") and time.monotonic() < until:
    time.sleep(0.2)
os.chdir(folders.ROOT)  # AppTest reads the theme of the working folder; `fmnist app`, that beside the script
app = AppTest.from_file(folders.SCRIPT, default_timeout=60).run()
for page in ("train", "models", "mistakes", "data", "try_it"):
    app.switch_page(f"{page}/page.py").run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
print(run.state, run.path)
""", tmp_path)  # fmt: skip
    assert printed.split(maxsplit=1)[0] == "finished"
    assert str(tmp_path / "data") in printed
