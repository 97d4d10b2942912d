"""People who draw at the same time, by the messages that browsers send."""

import asyncio
import itertools
import random

import pytest

from fmnist.app.components import sketch

from . import crowd, serving
from .drawings import STROKES, drawings


def test_drawings_are_what_the_canvas_sends():
    whole = list(itertools.islice(drawings(random.Random(1)), STROKES))
    assert len({png for png, _ in whole}) == STROKES
    for png, link in whole:
        read = sketch.read({"id": 1, "png": png, "link": link})
        assert read
        assert read.content
        assert read.link == link


def test_no_two_people_draw_the_same():
    assert next(drawings(random.Random(1))) != next(drawings(random.Random(2)))


@pytest.mark.slow
def test_several_people_draw_at_once(tmp_path):
    with serving.running_server(tmp_path / "runs", warm=False) as server:
        tally = crowd.draw_together(server, crowd.Pace(people=4, every=1, seconds=3))
        assert not tally.errors
        assert len(tally.opened) == 4
        assert len(tally.answered) >= 12
        before = server.memory()
        more = crowd.draw_together(server, crowd.Pace(people=4, every=0.5, seconds=6))
        assert not more.errors
        assert len(more.answered) >= 40
        assert server.memory() - before < 20  # MB; 0.85 each if the session kept all predictions
        assert not server.complaints()


def test_one_who_meets_no_server_is_an_error_and_not_a_time():
    tally = crowd.Tally()
    pace = crowd.Pace(people=1, every=1, seconds=1)
    asyncio.run(crowd.visit("http://127.0.0.1:9", tally, 0, pace, asyncio.Event()))
    assert len(tally.errors) == 1
    assert not tally.answered
