"""Where the project's files are: the runs that ship with it, the app, and the user's own runs and data sets."""

import os
from pathlib import Path

import platformdirs

from .disk import explain

_CLONE = Path(__file__).parents[2]
_BUNDLED = Path(__file__).parents[1] / "resources" / "project"
INSTALLED = (
    _BUNDLED.is_dir()
)  # by pip; pyproject.toml puts there what a clone has beside the package

ROOT = _BUNDLED if INSTALLED else _CLONE  # `python -m fmnist` works there
SHIPPED = ROOT / "models"
APP = ROOT / "streamlit_app.py"
SCRIPT = Path(__file__).parents[1] / "app" / "script.py"  # what a visit to it runs


def home() -> Path:
    """Where the user's own runs are: the folder that FMNIST_RUNS names, or else a clone's `runs/`.

    An installed package has them in the user's data folder, so that the app and every command find
    them in whatever folder they are started.
    """
    return Path(os.environ.get("FMNIST_RUNS") or _usual_home()).resolve()


def _usual_home() -> Path:
    data = platformdirs.user_data_path("fmnist", appauthor=False) if INSTALLED else ROOT
    return data / "runs"


def datasets() -> Path:
    """Where the user's own data sets are: the folder that FMNIST_DATA names, or else with their runs."""
    return Path(os.environ.get("FMNIST_DATA") or home() / ".datasets").resolve()


def home_problem() -> str | None:
    """Why the folder of the user's runs cannot be read, in a sentence; None where it can or is not made yet."""
    try:
        with os.scandir(home()):
            return None
    except FileNotFoundError:
        return None
    except OSError as error:
        return (
            f"The folder of your runs cannot be read: {explain(error)} FMNIST_RUNS names another."
        )
