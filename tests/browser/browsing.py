"""What a person does in a browser, by mouse, finger and keys, and what is to be seen then.

Nothing here knows pytest, so that measure.py and screenshots.py use it too.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

SECONDS = 1000  # Playwright counts in milliseconds
PATIENCE = 30 * SECONDS  # for what takes a moment on an idle machine, on a busy one
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
LAPTOP = {"width": 1280, "height": 720}  # the smallest window that shows cause and effect at once
BAR = 60  # pixels of the app's bar, which covers the top of the page
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}

# Outlines in the canvas's own pixels, 320 x 320.
T_SHIRT = [
    *[(110, 50), (60, 80), (40, 140), (80, 150), (95, 120), (95, 270), (225, 270), (225, 120)],
    *[(240, 150), (280, 140), (260, 80), (210, 50), (190, 70), (130, 70), (110, 50)],
]
BOOT = [
    *[(110, 40), (112, 160), (50, 215), (40, 265), (225, 265), (228, 200), (222, 130), (220, 40)],
    (110, 40),
]
SLEEVE = [(150, 130), (170, 210)]

# Streamlit looks for its server below the page's own path first, so that a link to a page that is
# not the first one always meets two 404s. And who steps on before an image has come meets
# another, as the server frees images that are no longer shown.
STREAMLITS_OWN = re.compile(r"/\w+/_stcore/(health|host-config)\b|/media/\w+\.png\b")


@contextmanager
def new_tab(context: BrowserContext) -> Iterator[Page]:
    """A tab that is closed at the end and must not have written an error to its console."""
    page, errors = context.new_page(), []

    def note(message) -> None:
        text = f"{message.text} ({message.location['url']})"
        if message.type == "error" and not STREAMLITS_OWN.search(text):
            errors.append(text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors, f"the browser's console has errors: {errors}"


def expect_no_sideways_scroll(page: Page) -> None:
    """Nothing on the page is wider than the screen, once it has taken its place there."""
    page.wait_for_function(
        """() => [document.scrollingElement, document.querySelector('[data-testid=stMain]')]
            .every(element => element.scrollWidth <= innerWidth)""",
        timeout=5000,
    )


def expect_accessible(page: Page, *rules: str) -> None:
    """axe-core finds nothing wrong with what the page shows now, by these or all of its default rules."""
    options = {"resultTypes": ["violations"]}  # it need not describe all that is in order
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = Axe().run(page, options=options).response["violations"]
    faults = [
        f"{fault['id']} at {node['target']}: {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"]
    ]
    assert not faults, "\n".join(faults)


def expect_in_view(page: Page, *things: Locator) -> None:
    """All of each of them is on the screen at once, and not behind the app's bar."""
    width, height = page.viewport_size.values()

    def outside(thing: Locator) -> bool:
        box = thing.bounding_box()
        if box is None:  # it is being drawn again
            return True
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        return box["x"] < 0 or right > width or box["y"] < BAR or bottom > height

    for thing in things:
        expect(thing).to_be_visible()
    wait_until(page, lambda: not any(map(outside, things)), f"all of these in view: {things}")


def expect_drawn(page: Page) -> None:
    """The page is drawn to the end: what is seen from now on is no remnant of what was there before."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def wait_until(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait for what neither `expect` nor the page's own JavaScript can see."""
    deadline = time.monotonic() + PATIENCE / SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        page.wait_for_timeout(50)


# The Try it page, as a person sees it.


def prediction(page: Page) -> Locator:
    """The prediction in words."""
    return page.locator(".st-key-try_output").get_by_role("heading", level=2)


def caption_of(page: Page, text: str) -> Locator:
    """The caption above the prediction: "Your drawing", say."""
    # Not as plain text, which is found in any case: below stands "of the test images right".
    begins = re.compile(f"^{re.escape(text)}")
    return page.get_by_test_id("stCaptionContainer").filter(has_text=begins).first


def probabilities(page: Page) -> list[str]:
    """The numbers at the ten bars, "97%" and so on."""
    numbers = page.locator(".bars .number")
    expect(numbers).to_have_count(10)
    return numbers.all_text_contents()


def canvas(page: Page) -> Locator:
    """What one draws on."""
    return page.locator(".sketch canvas")


def photo(page: Page) -> Locator:
    """The photo that one drags a box on."""
    return page.locator(".st-key-try_crop canvas.upper-canvas")


def corner(element: Locator) -> tuple[float, float]:
    """Where it begins, once it is there and all of it can be seen."""
    expect(element).to_be_visible()
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    return box["x"], box["y"]


def button(page: Page, name: str) -> Locator:
    """A button of Streamlit's own, no component's."""
    return page.get_by_test_id("stButton").get_by_role("button", name=name)


def ink(page: Page) -> int:
    """How many dark pixels the canvas shows."""
    return canvas(page).evaluate(
        """canvas => {
            const {width, height} = canvas;
            const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
            return data.filter((value, i) => i % 4 == 0 && value < 128 && data[i + 3]).length;
        }"""
    )


def wait_for_ink(page: Page, pixels: int) -> None:
    """Wait until the canvas shows exactly so many dark pixels."""
    wait_until(page, lambda: ink(page) == pixels, f"the canvas to show {pixels} dark pixels")


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    """One stroke with the mouse, through points in the canvas's own pixels."""
    left, top = corner(canvas(page))
    page.mouse.move(left + points[0][0], top + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(left + x, top + y, steps=4)
    page.mouse.up()


def draw_with_finger(page: Page, points: list[tuple[float, float]]) -> None:
    """One stroke with a finger, as the touch screen reports it."""
    left, top = corner(canvas(page))
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points) -> None:
        fingers = [{"x": left + x, "y": top + y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", points[0])
    for start, end in itertools.pairwise(points):
        for part in (0.25, 0.5, 0.75, 1):
            touch("touchMove", tuple(a + part * (b - a) for a, b in zip(start, end, strict=True)))
    touch("touchEnd")
    session.detach()


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box by how it begins.

    A page that is still being drawn closes its boxes: then it is opened again, as people do.
    """
    box = page.get_by_role("combobox", name=label, exact=True)
    wanted = page.get_by_role("option", name=re.compile(f"^{re.escape(option)}"))
    for _ in range(10):
        box.click()
        with suppress(PlaywrightTimeout):
            wanted.click(timeout=2_000)
            break
    expect(page.get_by_role("listbox")).to_be_hidden()


# The Train page.

TRAINING = 3 * PATIENCE  # a worker that loads TensorFlow beside other tests takes its time
EPOCH = re.compile(r"Epoch (\d+) of")


def start_training(page: Page, url: str, recipe: str, epochs: int) -> None:
    """Start a run of the recipe by hand: set the epochs, press Start."""
    page.goto(f"{url}/train?recipe={recipe}")
    page.get_by_label("Epochs", exact=True).fill(str(epochs))
    page.get_by_label("Epochs", exact=True).press("Tab")
    page.get_by_role("button", name="Start", exact=True).click()


def epoch(page: Page) -> int:
    """The epoch that the progress bar tells of, once it tells of one."""
    text = page.get_by_test_id("stProgress").get_by_text(EPOCH).inner_text()
    return int(EPOCH.search(text)[1])


def wait_for_epoch(page: Page, after: int) -> None:
    """Wait until the progress bar tells of a later epoch."""
    page.wait_for_function(
        """after => {
            const text = document.querySelector('[data-testid=stProgress]')?.innerText || '';
            return (text.match(/Epoch (\\d+) of/)?.[1] ?? 0) > after;
        }""",
        arg=after,
        timeout=TRAINING,
    )


def points_on_curve(page: Page) -> int:
    """How many points the chart of accuracy shows; 0 while there is no chart."""
    return (
        page.get_by_test_id("stVegaLiteChart").first.locator(".mark-symbol.role-mark path").count()
    )


def wait_for_points(page: Page, more_than: int = 0) -> int:
    """Wait until the chart of accuracy shows more points than that; how many it shows."""
    page.wait_for_function(
        """count => document
            .querySelector('[data-testid=stVegaLiteChart]')
            ?.querySelectorAll('.mark-symbol.role-mark path').length > count""",
        arg=more_than,
        timeout=TRAINING,
    )
    return points_on_curve(page)


# The Mistakes page.


def cell(page: Page, name: str) -> Locator:
    """A cell of the confusion matrix, or the head of a row or column, by how its name begins."""
    return page.locator(f'table button[aria-label^="{name}"]')


def thumbnails(page: Page) -> Locator:
    """The buttons of the gallery."""
    return page.locator(".st-key-mistakes-gallery .gallery button")


def thumbnail_names(page: Page) -> list[str]:
    """What the thumbnails say, in order: "Test image 2856: Shirt → T-shirt/top, 100%"."""
    return thumbnails(page).evaluate_all("buttons => buttons.map(button => button.ariaLabel)")
