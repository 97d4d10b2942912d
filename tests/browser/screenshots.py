"""The README's screenshots from the running app: `python -m tests.browser.screenshots docs`."""

import argparse
import itertools
import math
import random
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from . import browsing, serving
from .serving import Server

T_SHIRT = [  # a few strokes, as one draws it
    [(112, 52), (58, 84), (36, 142), (78, 156), (98, 122)],
    [(98, 122), (95, 190), (96, 268), (160, 273), (226, 268), (225, 190), (223, 122)],
    [(223, 122), (242, 155), (284, 140), (262, 84), (208, 52)],
    [(112, 52), (132, 74), (160, 82), (188, 74), (208, 52)],
]
LIVE = "mlp-256"  # the recipe that is training in the screenshot


def main() -> None:
    """Take all screenshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the PNG files go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as runs,
        serving.running_server(Path(runs) / "runs") as server,
        serving.running_chromium() as browser,
    ):
        take_all(server, browser, folder)


def take_all(server: Server, browser: Browser, folder: Path) -> None:
    """The pages on a computer, and the first on a phone in the dark."""
    pages = {"pareto": pareto}  # first, as it shows all runs: `train` makes another one
    pages |= {
        "try_it": try_it,
        "train": train,
        "models": models,
        "mistakes": mistakes,
        "data": data,
    }
    computer = browser.new_context(**browsing.DESKTOP, color_scheme="light")
    for name, show in pages.items():
        page = computer.new_page()
        show(page, server.url)
        take(page, folder / f"{name}.png")
    size = {"width": 390, "height": 844}
    phone = browser.new_page(viewport=size, has_touch=True, is_mobile=True, color_scheme="dark")
    try_it(phone, server.url)
    take(phone, folder / "phone.png")


def try_it(page: Page, url: str) -> None:
    """A drawing of a T-shirt and its prediction."""
    page.goto(url)
    chance = random.Random(1)
    for stroke in T_SHIRT:
        browsing.draw(page, wobbly(stroke, chance))
        page.wait_for_timeout(500)  # a person takes the pen to the next stroke
    expect(browsing.prediction(page)).to_contain_text("T-shirt/top")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")


def train(page: Page, url: str) -> None:
    """A training in the middle of its curves."""
    browsing.start_training(page, url, LIVE, epochs=12)
    browsing.wait_for_epoch(page, after=7)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")


def models(page: Page, url: str) -> None:
    """All runs."""
    page.goto(f"{url}/models")
    expect(page.get_by_text("MFLOP per image")).to_be_visible()


def pareto(page: Page, url: str) -> None:
    """Accuracy against seconds of training."""
    page.goto(f"{url}/models?as=Pareto+chart&against=seconds")
    expect(page.get_by_text("MFLOP per image")).to_be_visible()
    page.get_by_test_id("stVegaLiteChart").scroll_into_view_if_needed()


def mistakes(page: Page, url: str) -> None:
    """One mistake, explained."""
    page.goto(f"{url}/mistakes?model=dropout-cnn&image=12")
    expect(page.get_by_role("img", name="Counterfactual")).to_be_visible()
    expect(page.get_by_text("Nearest test images")).to_be_visible()


def data(page: Page, url: str) -> None:
    """Samples of the ten classes."""
    page.goto(f"{url}/data")
    expect(page.get_by_text("Training image 0, labelled")).to_be_visible()


def wobbly(points: list[tuple[float, float]], chance: random.Random) -> list[tuple[float, float]]:
    """The line through the points as an unsteady hand draws it."""
    line = []
    for start, end in itertools.pairwise(points):
        parts = max(1, round(math.dist(start, end) / 20))
        for part in range(parts):
            ends = zip(start, end, strict=True)
            line.append(tuple(a + part / parts * (b - a) + chance.gauss(0, 1.2) for a, b in ends))
    return [*line, points[-1]]


def take(page: Page, path: Path) -> None:
    """Save what the screen shows, once it is at rest."""
    page.mouse.move(0, 400)
    page.wait_for_timeout(700)  # charts and buttons fade in
    page.screenshot(path=path)
    print(path)


if __name__ == "__main__":
    main()
