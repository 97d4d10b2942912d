"""How many pages may be open: of one person, from one address, of all."""

import time

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.middleware import Middleware

from fmnist.app.server.person_cookie import NAME
from fmnist.app.server.visits import Visits, _slowed
from fmnist.people import classroom, members, person
from fmnist.people.capacity import Capacity

from .asking import ask, opened, site

LIMITS = Capacity(uploads=0, all_uploads=0, pages=2, pages_from=3, all_pages=4)
HERE, THERE = "10.0.0.1", "8.8.8.8"


class Server:
    """One that counts, and whether it takes one more page of somebody."""

    def __init__(self):
        self.app = site(Middleware(Visits, capacity=LIMITS))

    def takes(self, secret: str, address: str = HERE) -> bool:
        answer = ask(self.app, client=address, accept="text/html", cookie=f"{NAME}={secret}")
        return {200: True, 503: False}[answer.status]


@pytest.fixture
def server():
    return Server()


def test_one_person_has_so_many_and_another_as_many(server):
    a, b = person.new_secret(), person.new_secret()
    with opened(server.app, HERE, f"{NAME}={a}"):
        assert server.takes(a)
        with opened(server.app, HERE, f"{NAME}={a}"):
            assert not server.takes(a)
            assert server.takes(b)
    assert server.takes(a)  # those that are closed do not count


def test_one_address_of_the_internet_has_so_many_whatever_cookies_it_makes_up(server):
    with opened(server.app, THERE, *(f"{NAME}={person.new_secret()}" for _ in range(3))):
        assert not server.takes(person.new_secret(), THERE)
        assert server.takes(person.new_secret(), "9.9.9.9")
        assert server.takes(person.new_secret(), HERE)


def test_the_server_has_so_many_in_all(server):
    with opened(server.app, HERE, *(f"{NAME}={person.new_secret()}" for _ in range(4))):
        assert not server.takes(person.new_secret())
    assert server.takes(person.new_secret())


def test_who_has_not_joined_leaves_room_to_the_class(in_class):
    limits = Capacity(uploads=0, all_uploads=0, all_pages=4, pages_of_guests=2)
    app, anna = site(Middleware(Visits, capacity=limits)), person.new_secret()
    members.join(person.id_of(anna), classroom.begin("correct horse"))
    with opened(app, HERE, "", f"{NAME}={person.new_secret()}"):
        for cookie, status in ((person.new_secret(), 503), ("", 503), (anna, 200)):
            answer = ask(app, client=HERE, accept="text/html", cookie=f"{NAME}={cookie}")
            assert answer.status == status


def test_a_page_that_floods_the_server_is_slowed_down():
    async def receive():
        return {"type": "websocket.receive"}

    async def flood(limit):
        slowed, begun = _slowed(receive, limit), time.monotonic()
        for _ in range(120):
            await slowed()
        return time.monotonic() - begun

    with start_blocking_portal() as portal:
        quick, slow = portal.call(flood, 400), portal.call(flood, 100)
    assert quick < slow
    assert slow > 0.15
