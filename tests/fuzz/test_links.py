"""Links that say anything: the page opens, with what it can use of them."""

import random

import pytest
from hypothesis import given

from fmnist.recipes.lessons.places import PLACES

from ..app.visiting import visit
from .bounds import ends_well, tried
from .damage import chances

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]

VALUES = (
    *("", "0", "-1", "1e999", "nan", "9" * 5_000, "true", "None", "[]", "{", "%00", "\0"),
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "a/../b",
        "C:\\x",
        "~",
        ".",
        "..",
        "mlp-256",
        "sprint",
        "tiny",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](//x.y/z)",
    ),
    *(
        "$(reboot)",
        "'; drop table runs; --",
        "{{7*7}}",
        ":material/x:",
        "$$x$$",
        "`a`",
        "\u202e",
        "\n\n# a",
    ),
)


def link(chance: random.Random) -> tuple[str, dict[str, str]]:
    """A page, and what the link says, mostly under names that the page knows."""
    page = chance.choice(sorted(PLACES))
    names = chance.choices([*sorted(PLACES[page]), *VALUES[1:9]], k=chance.choice((1, 2, 5)))
    return page, {name: chance.choice(VALUES) for name in names}


def open_page(page: str, query: dict[str, str]) -> None:
    app = visit("" if page == "try_it" else page, **query)
    assert not app.exception, app.exception
    assert app.title


@tried(0.1)
@given(chance=chances)
def test_a_link_that_says_anything(chance):
    page, query = link(chance)
    ends_well(lambda: open_page(page, query), (), repr((page, query)).encode(errors="replace"))
