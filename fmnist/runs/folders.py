"""Where run directories are: those that ship with the project and the user's own."""

import os
from pathlib import Path

from .files import explain

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "models"


def home() -> Path:
    """Where the user's own runs are: `runs/`, or the folder that FMNIST_RUNS names."""
    return Path(os.environ.get("FMNIST_RUNS") or ROOT / "runs").resolve()


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
