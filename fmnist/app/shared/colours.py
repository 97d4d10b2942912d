"""The app's colours by name: the theme's, of .streamlit/config.toml, and those of colours.css."""

import re
from pathlib import Path

import streamlit as st

FILE = Path(__file__).with_suffix(".css")
OF_CSS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", FILE.read_text("utf-8")))

MAGENTA, GREY = OF_CSS["magenta"], OF_CSS["grey"]
CLASSES = [value for name, value in OF_CSS.items() if name.startswith("class-")]
# Of more classes than the scheme has: hues a golden angle apart, so that neighbours differ, and lightnesses
# of OKLCH at which all have a contrast of 3 to 1 or more on a light and on a dark page.
GOLDEN_ANGLE, CHROMA, LIGHTNESSES = 137.508, 0.14, (0.53, 0.62, 0.575)


def kind() -> str:
    """Whether the visitor's page is `light` or `dark`."""
    return st.context.theme.type or "light"


def ink() -> str:
    """The theme's colour of text, for charts that would write in another."""
    return _theme("textColor", kind())


def paper() -> str:
    """The colour of the page, for a halo around what is written over lines."""
    return _theme("backgroundColor", kind())


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
    """A colour for each of so many classes, as CSS writes it: of the scheme in colours.css where that has enough."""
    if count <= len(CLASSES):
        return CLASSES[:count]
    return [
        f"oklch({LIGHTNESSES[label % 3]} {CHROMA} {label * GOLDEN_ANGLE % 360:.1f})"
        for label in range(count)
    ]


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
        "--text": _of_both("textColor"),
        "--accent": _of_both("primaryColor"),
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
