"""Whether Python and the installed packages are those that pyproject.toml asks for."""

import importlib.metadata
import platform
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from fmnist.machine import folders

from .finding import Finding

EXTRAS = {  # what each extra of pyproject.toml is for
    "app": "the app",
    "tables": "tables of images",
    "train": "training",
    "benchmark": "benchmarks",
    "export": "exports to ONNX and OpenVINO",
    "serve": "`serve`",
    "sweep": "sweeps",
}
LOADING = "from fmnist.machine import loading_keras\nwith loading_keras():\n    import keras"
PATIENCE = 180.0  # seconds that TensorFlow may take to load


def check() -> Iterator[Finding]:
    """Python, each package that is missing or of another version, and whether TensorFlow loads."""
    pythons, requirements = _wanted()
    yield _python(pythons)
    missing: dict[str, list[str]] = defaultdict(list)
    wrong = []
    for extra, requirement in requirements:
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            missing[extra].append(requirement.name)
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} is {found}; expected {requirement.specifier}")
    for text in dict.fromkeys(wrong):
        yield Finding("packages", "wrong", f"{text}: {_install('')}")
    for extra, names in missing.items():
        yield _missing(extra, names)
    if not (wrong or missing):
        yield Finding("packages", "good", "All are there, in versions that fit.")
    if "train" not in missing:
        yield _tensorflow()


def _wanted() -> tuple[str, list[tuple[str, Requirement]]]:
    """The Pythons, and the packages with the extra that each is part of; "" is the core."""
    if folders.INSTALLED:
        about = importlib.metadata.metadata("fmnist")
        texts = importlib.metadata.requires("fmnist") or []
        extras = [(_extra_of(text), Requirement(text)) for text in texts]
        pythons = about["Requires-Python"]
    else:
        project = tomllib.loads((folders.ROOT / "pyproject.toml").read_text())["project"]
        groups = {"": project["dependencies"], **project["optional-dependencies"]}
        extras = [(extra, Requirement(text)) for extra, texts in groups.items() for text in texts]
        pythons = project["requires-python"]
    known = ("", *EXTRAS)
    return pythons, [
        (extra, each)
        for extra, each in extras
        if extra in known and each.name != "fmnist" and _is_for_here(each, extra)
    ]


def _extra_of(requirement: str) -> str:
    found = re.search(r"""extra == ["'](\w+)["']""", requirement)
    return found[1] if found else ""


def _is_for_here(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _python(pythons: str) -> Finding:
    here = platform.python_version()
    if SpecifierSet(pythons).contains(here, prereleases=True):
        return Finding("Python", "good", f"{here}, in {sys.prefix}.")
    return Finding("Python", "wrong", f"This is Python {here}; expected {pythons}. Install one.")


def _missing(extra: str, names: list[str]) -> Finding:
    some = ", ".join(names)
    if not extra:
        return Finding("packages", "wrong", f"{some} missing: {_install('')}")
    return Finding("packages", "note", f"No {some}, for {EXTRAS[extra]}: {_install(extra)}")


def _install(extra: str) -> str:
    if not folders.INSTALLED:
        return "`make run` in the clone installs what is needed."
    return f'`pip install "fmnist{f"[{extra}]" if extra else ""}"` installs what is needed.'


def _tensorflow() -> Finding:
    """Whether it loads: in a process of its own, which a processor that it is not made for would end."""
    command = [sys.executable, "-c", LOADING]
    try:
        done = subprocess.run(
            command, cwd=folders.ROOT, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return Finding("TensorFlow", "wrong", f"It did not load within {PATIENCE:.0f} seconds.")
    if done.returncode < 0:
        return Finding(
            "TensorFlow",
            "wrong",
            f"Loading it ended with signal {-done.returncode}: it may need another processor (AVX), or more memory.",
        )
    if done.returncode:
        said = (done.stderr.strip() or "no message").splitlines()[-1]
        return Finding("TensorFlow", "wrong", f"It does not load: {said[:300]}")
    return Finding("TensorFlow", "good", "It loads; this computer can train.")
