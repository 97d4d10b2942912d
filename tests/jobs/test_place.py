"""A place on a node: what it keeps, sends and passes on; here without Ray, with a worker that does nothing."""

import json
import subprocess
from pathlib import Path

import pytest

from fmnist.jobs.cluster import place
from fmnist.jobs.cluster.place import Place
from fmnist.runs import checkpoints

ORDERS = {"stop": False, "changes": None, "checkpoint": True}
RATE = {"field": "learning_rate", "value": 0.02, "asked_at": 1.0}


class Idle(Place):
    """Its worker reads what it is given, and does nothing."""

    def _start_worker(self):
        return subprocess.Popen(["cat"], stdin=subprocess.PIPE, start_new_session=True)


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A place that was given a run."""
    monkeypatch.setattr(place.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(place, "WAIT", 0.0)
    found = Idle(2, {})
    found.folder = Path(found.begin("tiny-1", {"run.json": b"{}", "checkpoint/a": b"1"}))
    yield found
    found.end()
    assert [*tmp_path.glob(f"{place.PREFIX}*")] == []


def test_a_file_that_grows_is_sent_in_parts_and_as_a_whole_after_it_was_replaced(there):
    assert (there.folder / "checkpoint" / "a").read_bytes() == b"1"
    curve = there.folder / "metrics.jsonl"
    curve.write_bytes(b"one\n")
    news = there.exchange({}, ORDERS)
    assert news["files"] == {"metrics.jsonl": (0, b"one\n")}
    with open(curve, "ab") as file:
        file.write(b"two\n")
    news = there.exchange(news["seen"], ORDERS)
    assert news["files"] == {"metrics.jsonl": (4, b"two\n")}
    assert there.exchange(news["seen"], ORDERS)["files"] == {}
    curve.rename(curve.with_name("old"))
    curve.write_bytes(b"other\n")
    assert there.exchange(news["seen"], ORDERS)["files"] == {"metrics.jsonl": (0, b"other\n")}


def test_a_checkpoint_comes_as_a_whole_or_not_at_all(there):
    checkpoints.save(there.folder, lambda folder: (folder / "a").write_bytes(b"2"))
    news = there.exchange({}, ORDERS)
    assert news["checkpoint"].keys() == {"a", "manifest.json"}
    assert there.exchange(news["seen"], ORDERS)["checkpoint"] is None  # nothing new
    (there.folder / "checkpoint" / "a").write_bytes(b"torn")
    assert there.exchange({}, ORDERS)["checkpoint"] is None


def test_stop_and_changes_reach_the_worker_and_a_change_that_has_its_place_keeps_it(there):
    placed = RATE | {"epoch": 1.0, "batch": 0}
    (there.folder / "changes.json").write_text(json.dumps([placed]))
    asked = json.dumps([RATE, RATE | {"asked_at": 2.0}]).encode()
    there.exchange({}, ORDERS | {"stop": True, "changes": asked})
    assert (there.folder / "stop").exists()
    now = json.loads((there.folder / "changes.json").read_text())
    assert now == [placed, RATE | {"asked_at": 2.0}]


def test_a_worker_that_ends_is_a_death_unless_it_had_done_all(there):
    assert there.exchange({}, ORDERS)["died"] == ""
    there._worker.kill()
    there._worker.wait()
    news = there.exchange({}, ORDERS)
    assert (news["ended"], news["died"]) == (True, "was ended by signal 9")
    (there.folder / place.DONE).touch()
    assert there.exchange({}, ORDERS)["died"] == ""


def test_what_runs_need_is_sent_once(there):
    stamps = {"datasets/shapes": "1"}
    assert there.lacks(stamps) == ["datasets/shapes"]
    there.put("datasets/shapes", "1", {"images.npy": b"x"})
    assert there.lacks(stamps) == []
    assert there.lacks({"datasets/shapes": "2"}) == ["datasets/shapes"]
