"""The command lesson check, and the lesson in docs/lessons.md."""

import re
from pathlib import Path

from fmnist.cli.commands import main
from fmnist.recipes.lessons.lesson import HIDEABLE

DOCS = Path(__file__).parents[2] / "docs" / "lessons.md"


def test_the_manuals_lesson_is_in_order_and_a_wrong_one_is_named_with_its_line(tmp_path, capsys):
    (text,) = re.findall(r"```markdown\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    good, bad = tmp_path / "bigger.md", tmp_path / "bad.md"
    good.write_text(text)
    bad.write_text(text.replace("recipe=tiny", "recipe=teeny"))
    assert main(["lesson", "check", str(good)]) == 0
    assert "bigger.md: Is bigger better?, 10 minutes, 4 steps" in capsys.readouterr().out
    assert main(["lesson", "check", str(good), str(bad)]) == 1
    assert "bad.md, line 11: There is no recipe 'teeny'" in capsys.readouterr().err


def test_the_manual_names_each_control_that_a_lesson_can_hide():
    rows = re.findall(r"^\| `(\w+)` \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert set(rows) == HIDEABLE.keys()
