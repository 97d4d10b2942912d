"""Who is in the class can read and change nothing of another's: by link, by guess, by a forged message."""

import shutil

import numpy as np
import pytest
from PIL import Image

from fmnist.data import fashion_mnist, library
from fmnist.data.collection import collection_for
from fmnist.data.dataset import Form
from fmnist.jobs.sweep import launching
from fmnist.people import access, classroom, members, person
from fmnist.people.acting import acting_as
from fmnist.people.person import Person
from fmnist.recipes import registry
from fmnist.runs import annotations, files, sweep_plan

from . import intruder, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANNA, BEN = person.new_secret(), person.new_secret()
RUN, DATA, HIDDEN = (
    "quartz-7",
    "pebbles",
    "Chrysoprase",
)  # what is Anna's, and a word that is only there
PAGES = (
    "",
    "train",
    "sweep",
    "models",
    "mistakes",
    "data",
    "learn",
    "classroom",
    "teacher",
    "projector",
)
HERS = {
    "": f"model={RUN}",
    "train": f"run={RUN}",
    "sweep": f"sweep={RUN}",
    "models": f"model={RUN}&tab=Files",
    "mistakes": f"model={RUN}&view=Labels",
    "data": f"data={DATA}",
}


@pytest.fixture
def hers(home, in_class, tiny):
    """A run, a data set, a sweep, a mark and a labelled drawing of Anna's; both are in the class."""
    code = classroom.begin("correct horse")
    for secret in (ANNA, BEN):
        members.join(person.id_of(secret), code)
    with acting_as(Person(person.id_of(ANNA))):
        shutil.move(tiny.path, home / RUN)
        access.claim(home / RUN)
        (home / RUN / "log.txt").write_text(f"{HIDDEN}\n")
        arrays = np.zeros((4, 8, 8), np.uint8), np.arange(4, dtype=np.uint8) % 2
        library.add(DATA, [HIDDEN, "Opal"], Form(8), {"train": arrays, "test": arrays})
        plan = sweep_plan.plan(registry.find("tiny"), {"learning_rate": "0.001,0.01"})
        sweep = launching.create(plan, RUN)
        files.write(sweep.path / "status.json", {"state": "stopped"})
        annotations.put(fashion_mnist.DATASET, 3, "wrong")
        collection_for(fashion_mnist.DATASET).add(
            Image.new("RGB", (30, 30), "red"), "Coat", kind="photo"
        )
    return home


def content(folder):
    """All that is Anna's on the disk."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path: path.read_bytes()
        for path in files
        if RUN in path.parts
        or DATA in path.parts
        or "marks" in path.name
        or ".collection" in path.parts
    }


def shows_hers(messages) -> bool:
    """Whether something of it is in what the server sent; what the link itself says may be repeated."""
    sent = b"".join(message.SerializeToString() for message in messages)
    options = intruder.fields(messages, "options")
    return HIDDEN.encode() in sent or RUN in options or DATA in options


def test_two_hundred_tries_to_read_or_change_what_is_anothers(hers):
    with serving.running_server(hers, warm=False) as server:
        widgets = seen_by_its_owner(server.url)
        before = content(hers)
        tried = {
            **by_link(server.url, hers),
            **by_forged_messages(server.url, widgets, lambda: content(hers) == before),
            **by_other_cookies(server.url),
            **by_address(server.url),
        }
        assert not [what for what, worked in tried.items() if worked]
        assert len(tried) >= 200
        assert content(hers) == before


def test_what_is_hidden_again_is_gone_from_a_page_that_is_open(hers):
    with serving.running_server(hers, warm=False) as server:
        parts = {""}
        for number in range(9):
            access.write(hers / RUN, access.Access(person.id_of(ANNA), shared=True))
            with intruder.visiting(server.url, BEN) as ben:
                messages = ben.open("train", f"run={RUN}")
                assert shows_hers(messages)
                parts = sorted({each.delta.fragment_id for each in messages} - {""})
                if number == len(parts):
                    return
                access.write(hers / RUN, access.Access(person.id_of(ANNA)))
                assert not shows_hers(ben.open("train", f"run={RUN}", part=parts[number]))


def seen_by_its_owner(url: str):
    """The widgets of Anna's own pages, each with its page."""
    widgets = []
    with intruder.visiting(url, ANNA) as anna:
        for page, query in HERS.items():
            messages = anna.open(page, query)
            assert shows_hers(messages), page
            widgets += [(page, state) for state in intruder.widgets(messages, RUN)]
    assert any("delete" in state.id for _, state in widgets)
    return widgets


def by_link(url, home):
    """Each page with Anna's names, spelt in several ways."""
    names = (
        RUN,
        DATA,
        f"{home}/{RUN}",
        f"../{RUN}",
        f"%2e%2e%2f{RUN}",
        f".datasets/{DATA}",
        f"{RUN}%00",
    )
    with intruder.visiting(url, BEN) as ben:
        return {
            (page, name): shows_hers(
                ben.open(page, f"run={name}&model={name}&sweep={name}&data={name}&view=Labels")
            )
            for page in PAGES
            for name in names
        }


def by_forged_messages(url, widgets, is_unchanged):
    """What Anna's widgets would send, from Ben's browser."""
    with intruder.visiting(url, BEN) as ben:
        return {
            (page, query, state.id): shows_hers(ben.open(page, query, state)) or not is_unchanged()
            for page, state in widgets
            for query in (HERS[page], "")
        }


def by_other_cookies(url):
    """None, Anna's id, and what is nearly her secret."""
    id = person.id_of(ANNA)
    nearly = (ANNA[:-1], f"{ANNA}x", ANNA.swapcase(), ANNA[::-1])
    tried = {}
    for cookie in (None, "", id, f"{id}{'A' * 27}", *nearly):
        with intruder.visiting(url, cookie) as nobody:
            for page, query in HERS.items():
                tried[cookie, page] = shows_hers(nobody.open(page, query))
    return tried


def by_address(url):
    """Addresses at which a file of hers might be."""
    begins = (
        "",
        "media/",
        "app/static/",
        "component/",
        "_stcore/upload_file/",
        "static/",
        "app/",
        "~/+/",
        "models/",
    )
    names = (f"runs/{RUN}/log.txt", f"../{RUN}/log.txt", f"..%2f{RUN}%2flog.txt")
    paths = [f"/{begin}{name}" for begin in begins for name in names] + ["/class.zip"]
    tried = {}
    for path in paths:
        _, answer = intruder.fetch(url, path, BEN)
        tried[path] = HIDDEN.encode() in answer or answer.startswith(b"PK")
    return tried
