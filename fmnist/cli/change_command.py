"""The command that changes settings of a run while it trains: change."""

import argparse
import time

from fmnist.recipes import settings
from fmnist.recipes.fields import RecipeError
from fmnist.runs import changes, listing
from fmnist.runs.fields import Change
from fmnist.runs.run import Run

SOON = 5.0  # seconds to wait for an effect; a call of batches takes 0.4


def change(options: argparse.Namespace) -> int:
    """Change settings of a run that trains or waits, and wait a moment until they have effect."""
    run = listing.named(options.run)
    wanted = settings.parse(options.settings)
    if not wanted:
        raise RecipeError(f"Name a setting, such as --set {next(iter(changes.FIELDS))}=0.01.")
    asked = changes.request(run, wanted)
    if run.state == "running":
        asked = _wait_for_effect(run, asked)
    for each in asked:
        print(f"{changes.in_words(each)}.")
    meaning = settings.NEW_RATE.get(run.recipe.schedule)
    if meaning and any(each["field"] == "learning_rate" for each in asked):
        print(meaning)
    return 0


def _wait_for_effect(run: Run, asked: list[Change]) -> list[Change]:
    """The same changes with their place, if the worker gives them one soon."""
    until, times = time.monotonic() + SOON, {each["asked_at"] for each in asked}
    while time.monotonic() < until and run.state == "running":
        found = [each for each in changes.read(run) if each["asked_at"] in times]
        if found and all("epoch" in each for each in found):
            return found
        time.sleep(0.1)
    return asked
