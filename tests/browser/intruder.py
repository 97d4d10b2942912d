"""What a browser can send, forged: any page, link and widget message of Streamlit's websocket, and any cookie."""

import http.client
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0  # seconds for a page
LARGEST = 50_000_000  # bytes of a message


class Visit:
    """A connection with some cookie."""

    def __init__(self, socket: ClientConnection, url: str):
        self.socket, self.url, self.script = socket, url, ""

    def open(
        self, page: str, query: str = "", *forged: WidgetState, part: str = ""
    ) -> list[ForwardMsg]:
        """All that the server sends for a page, with the state of widgets that need not be on it.

        Args:
            page, query: of its address.
            forged: states of widgets.
            part: the id of a fragment, to run that alone of the page that is open.
        """
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.fragment_id = query, page, part
        state.page_script_hash = self.script if part else ""
        state.widget_states.widgets.extend(forged)
        state.context_info.url = f"{self.url}/{page}?{query}"
        self.socket.send(message.SerializeToString())
        found = []
        while True:
            found.append(ForwardMsg.FromString(self.socket.recv(PATIENCE)))  # type: ignore[arg-type]
            if found[-1].WhichOneof("type") == "new_session":
                self.script = found[-1].new_session.page_script_hash
            finished = found[-1].script_finished
            if (
                found[-1].WhichOneof("type") == "script_finished"
                and finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return found


@contextmanager
def visiting(url: str, cookie: str | None) -> Iterator[Visit]:
    """A connection with that cookie; None for a browser without."""
    host = urllib.parse.urlsplit(url).netloc
    with connect(
        f"ws://{host}/_stcore/stream",
        origin=url,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers={"Cookie": f"fmnist-person={cookie}"} if cookie is not None else {},
        max_size=LARGEST,
    ) as socket:
        yield Visit(socket, url)


def fetch(url: str, path: str, cookie: str) -> tuple[int, bytes]:
    """Status and content of an address."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=PATIENCE)
    connection.request("GET", path, headers={"Cookie": f"fmnist-person={cookie}"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def fields(messages: list[ForwardMsg], name: str) -> list[Any]:
    """The values of all fields of that name, however deep."""
    return [value for message in messages for _, value in _fields(message, name)]


def widgets(messages: list[ForwardMsg], name: str) -> list[WidgetState]:
    """A click on each button there, and that name in each field and choice."""
    found = {}
    for message in messages:
        for kind, id in _fields(message, "id"):
            if kind in ("Button", "DownloadButton"):
                found[id] = WidgetState(id=id, trigger_value=True)
            elif kind in ("Selectbox", "TextInput", "TextArea"):
                found[id] = WidgetState(id=id, string_value=name)
    return list(found.values())


def _fields(message: Message, name: str) -> Iterator[tuple[str, Any]]:
    """The kind of message that has the field, and its value."""
    for field, value in message.ListFields():
        if field.name == name:
            kind = message.DESCRIPTOR.name
            yield from ((kind, each) for each in ([value] if isinstance(value, str) else value))
        elif isinstance(value, Message):
            yield from _fields(value, name)
        elif field.message_type and not isinstance(value, Mapping):
            for each in value:
                yield from _fields(each, name)
