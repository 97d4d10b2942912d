"""The app's colours by name: the theme's, of .streamlit/config.toml, and those of colours.css."""

import colorsys
import re
from pathlib import Path

import streamlit as st

FILE = Path(__file__).with_suffix(".css")
OF_CSS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", FILE.read_text("utf-8")))

MAGENTA, GREY = OF_CSS["magenta"], OF_CSS["grey"]
CLASSES = [value for name, value in OF_CSS.items() if name.startswith("class-")]
GOLDEN = 0.618034  # of the circle of hues, from one class to the next: no two come to lie near each other
LIGHTNESS, SATURATION = (
    (0.45, 0.6, 0.72),
    0.55,
)  # of classes beyond the scheme, readable in both themes


def kind() -> str:
    """Whether the visitor's page is `light` or `dark`."""
    return st.context.theme.type or "light"


def ink() -> str:
    """The theme's colour of text, for charts that would write in another."""
    return _theme("textColor", kind())


def primary() -> str:
    """The theme's first colour on a light page, for what is drawn on photos in both themes."""
    return _theme("primaryColor", "light")


def amber() -> str:
    """What is wrong, or less: on every page in both themes."""
    return _of_charts(1)


def teal() -> str:
    """What is right, or more: on every page in both themes."""
    return _of_charts(2)


def of_classes(count: int) -> list[str]:
    """A colour for each of so many classes: of the scheme in colours.css where that has enough."""
    if count <= len(CLASSES):
        return CLASSES[:count]
    found = []
    for label in range(count):
        shade = LIGHTNESS[label % len(LIGHTNESS)]
        parts = colorsys.hls_to_rgb(label * GOLDEN % 1, shade, SATURATION)
        found.append("#" + "".join(f"{round(255 * part):02x}" for part in parts))
    return found


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour as CSS writes it with six hexadecimal digits."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def of_theme() -> str:
    """CSS of those of the theme that a page has no variable for, and whether it is light or dark.

    Streamlit sets it for the page alone, not for what floats over it.
    """
    values = {
        "color-scheme": kind(),
        "--background": _of_both("backgroundColor"),
        "--paper": _of_both("secondaryBackgroundColor"),
        "--amber": amber(),
        "--teal": teal(),
    }
    return f":root {{ {'; '.join(f'{name}: {value}' for name, value in values.items())} }}"


def _of_both(option: str) -> str:
    return f"light-dark({_theme(option, 'light')}, {_theme(option, 'dark')})"


def _theme(option: str, of: str) -> str:
    colour: str = st.get_option(f"theme.{of}.{option}")
    return colour


def _of_charts(place: int) -> str:
    colours: list[str] = st.get_option("theme.light.chartCategoricalColors")
    return colours[place]
