"""How quick the app feels: `python -m tests.browser.measure`. Each as median (lowest to highest).

Times are taken in the page itself, so that what drives the browser does not count; but for those of
the Mistakes page, which are the browser's driver's, so some hundredths of a second too long.
"""

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from . import browsing, serving
from .serving import Server

PATIENCE = 300 * browsing.SECONDS  # a slow processor is to be measured, too
LOADS = 5
STROKES = 20
TRAININGS = 3

DONE_TO = {"noise": "Gaussian noise", "blur": "Out of focus", "inversion": "Black becomes white"}

# The prediction on the Try it page.
SAID = """
const everything = () => [...document.querySelectorAll('h2')]
    .map(element => element.textContent)
    .concat(document.querySelector('[data-testid=stImage] img')?.src).join();
"""

# `window.took` gets the milliseconds from the event to the first change that answers it.
STOPWATCH = """
    delete window.took;
    addEventListener(event, () => {
        const start = performance.now(), before = look();
        const observer = new MutationObserver(() => {
            if (look() == before) return;
            window.took = performance.now() - start;
            observer.disconnect();
        });
        const whole = {subtree: true, childList: true, characterData: true, attributes: true};
        observer.observe(document.body, whole);
    }, {capture: true, once: true});
"""


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving.running_server(Path(folder) / "runs") as server,
        serving.running_chromium() as browser,
    ):
        context = browser.new_context(**browsing.DESKTOP)
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        report("First page, warm browser", first_pages(context, server))
        report("Stroke end to new prediction", strokes(context, server))
        print(f"Server's memory, Try it used: {server.memory():.0f} MB", flush=True)
        for model in ("dropout-cnn", "everyday"):
            page = context.new_page()
            mistakes(page, f"{server.url}/mistakes?model={model}", model)
            page.close()
        report("Click on Start to first point on the chart", trainings(context, server))


def report(what: str, times: list[float]) -> None:
    """Print a line; times are in milliseconds."""
    low, middle, high = (
        f"{time / 1000:.2f}" for time in (min(times), statistics.median(times), max(times))
    )
    print(f"{what}: {middle} s ({low} to {high}, {len(times)} times)", flush=True)


def first_pages(context: BrowserContext, server: Server) -> list[float]:
    """From navigation to the first prediction, after one load to warm up."""
    times = []
    for _ in range(1 + LOADS):
        page = context.new_page()
        page.add_init_script(
            """addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
                if (document.querySelector('h2')) window.took ??= performance.now();
            }).observe(document.body, {subtree: true, childList: true}));"""
        )
        page.goto(server.url)
        times.append(stopped_watch(page))
        page.close()
    return times[1:]


def strokes(context: BrowserContext, server: Server) -> list[float]:
    """From the end of a stroke to the prediction it changes."""
    page, times, chance = context.new_page(), [], random.Random(0)
    page.goto(server.url)
    browsing.draw(page, browsing.T_SHIRT)
    expect(browsing.caption_of(page, "Your drawing")).to_be_visible()
    for _ in range(STROKES):
        page.wait_for_timeout(
            1000
        )  # all of the last prediction is there, and the person looks at it
        start_watch(page, "pointerup", f"{SAID} const look = everything;")
        browsing.draw(page, [(chance.uniform(40, 280), chance.uniform(40, 280)) for _ in "ab"])
        times.append(stopped_watch(page))
    page.close()
    return times


def trainings(context: BrowserContext, server: Server) -> list[float]:
    """From the click on Start to the first point of the curve of `tiny`, ten seconds after a setting."""
    times = []
    for _ in range(TRAININGS):
        page = context.new_page()
        page.goto(f"{server.url}/train?recipe=tiny")
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
        page.get_by_label("Seed", exact=True).fill("1")  # who sets something may start soon
        page.get_by_label("Seed", exact=True).press("Tab")
        page.wait_for_timeout(10_000)  # the person reads what else there is
        count = "document.querySelectorAll('.mark-symbol.role-mark path').length"
        start_watch(page, "click", f"const look = () => {count} > 0;")
        page.get_by_role("button", name="Start", exact=True).click()
        times.append(stopped_watch(page))
        expect(page.get_by_text("Training time")).to_be_visible()
        page.close()
        for run in server.runs.glob("tiny-*"):  # the next one begins without a chart, too
            shutil.rmtree(run)
    return times


def mistakes(page: Page, url: str, model: str) -> None:
    """The Mistakes page of a model: opened, a mistake explained, a cell clicked; prints each."""
    gallery = browsing.thumbnails(page)
    opened = [milliseconds(lambda: page.goto(url), gallery.first) for _ in range(1 + LOADS)]
    report(f"Mistakes of {model}, opened for the first time", opened[:1])
    report(f"Mistakes of {model}, opened again", opened[1:])
    to_mistakes = page.get_by_role("link", name="Mistakes")
    times = []
    for _ in range(LOADS):
        page.get_by_role("link", name="Try it").click()
        expect(browsing.canvas(page)).to_be_visible()
        page.wait_for_timeout(1000)
        times.append(milliseconds(to_mistakes.click, gallery.first))
    report(f"Mistakes of {model}, from another page", times)
    at_rest(page, f"{url}&image=0")
    expect(page.get_by_text("Looking at the training images")).to_be_hidden()
    expect(page.get_by_text("training images so far")).to_be_hidden()  # the neighbours are found
    explained = page.get_by_role("img", name="The smallest change of mind")
    times = []
    for place in range(LOADS):
        at_rest(page, url)
        times.append(milliseconds(gallery.nth(place).click, explained))
    report(f"A mistake of {model} explained", times)
    at_rest(page, url)
    times = []
    for name in ("Shirt taken for Coat", "Coat taken for Shirt", "Pullover taken for Coat"):
        shown = page.locator(f'.gallery button[aria-label*="{name.replace(" taken for", " →")}"]')
        times.append(milliseconds(browsing.cell(page, name).click, shown.first))
        page.wait_for_timeout(1000)
    report(f"Click on a cell of {model}'s matrix to its gallery", times)
    robustness(page, url, model)


def robustness(page: Page, url: str, model: str) -> None:
    """The view Robustness: each kind of corruption, to its first figure and until all is known; prints both."""
    at_rest(page, url)
    first, whole = [], []
    measured = page.get_by_text("test images").filter(has_text="Measured on the first")
    page.get_by_text("Robustness", exact=True).click()
    for kind in ("noise", "blur", "inversion"):
        page.get_by_text(kind, exact=True).click()
        start = time.monotonic()
        expect(measured.filter(has_text=DONE_TO[kind])).to_be_visible()
        first.append(1000 * (time.monotonic() - start))
        expect(measured.filter(has_text="first 2,000 test images.")).to_be_visible()
        whole.append(1000 * (time.monotonic() - start))
    report(f"Robustness of {model}, first figures", first)
    report(f"Robustness of {model}, all images", whole)


def at_rest(page: Page, url: str) -> None:
    """Go to the page, and wait until nothing is drawn any more."""
    page.goto(url)
    expect(browsing.thumbnails(page).first).to_be_visible()
    page.wait_for_timeout(2000)


def milliseconds(act: Callable[[], object], awaited: Locator) -> float:
    """Milliseconds from the deed until that is seen."""
    start = time.monotonic()
    act()
    expect(awaited).to_be_visible()
    return 1000 * (time.monotonic() - start)


def start_watch(page: Page, event: str, look: str) -> None:
    """Time from the next such event to the first change in what `look` returns."""
    page.evaluate(f"event => {{ {look} {STOPWATCH} }}", event)


def stopped_watch(page: Page) -> float:
    """Milliseconds that the watch shows once it has stopped."""
    return page.wait_for_function("() => window.took").json_value()


if __name__ == "__main__":
    main()
