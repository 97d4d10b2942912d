"""A person on the Try it page who needs no browser: Streamlit's messages over its websocket.

Sends and fetches what a browser does: strokes as the canvas has them, the state of the page's other widgets, which large
messages it keeps, and the images that an answer shows. A class of browsers would need more than the server itself.
"""

import asyncio
import http.client
import json
import time
import urllib.parse
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

from fmnist.app.server.person_cookie import NAME

PATIENCE = 60.0  # seconds for a page or an answer
LARGEST = 50_000_000  # bytes of a message


class PersonError(Exception):
    """What a person met who uses the app, in a sentence."""


class Person:
    """One who has the page open: `async with Person(url) as person`."""

    def __init__(self, url: str, secret: str = ""):
        """A new visitor, or the one to whom the app has given that secret."""
        self.url, self.host = url, urllib.parse.urlsplit(url).netloc
        self.cookie = f"{NAME}={secret}" if secret else ""
        self.page = self.query = self.fragment = self.sketch = ""
        self.widgets: dict[str, WidgetState] = {}
        self.kept: dict[str, ForwardMsg] = {}  # large messages by their hash, as browsers keep them

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._open)
        self.socket = await connect(
            f"ws://{self.host}/_stcore/stream",
            origin=self.url,
            subprotocols=["streamlit"],
            additional_headers={"Cookie": self.cookie},
            max_size=LARGEST,
        )
        await self._rerun()
        await self._until_finished()
        if not self.sketch:
            raise PersonError("The page has no canvas.")
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.socket.close()

    async def draw(self, png: str, link: str) -> float:
        """Send a stroke; seconds until the prediction for it came. Returns when the page is whole.

        Raises:
            PersonError: no prediction came, or the page shows an error.
        """
        sent = {"drawing": {"id": time.time_ns() // 1_000_000, "png": png, "link": link}}
        began = time.monotonic()
        self._keep(WidgetState(id=self.sketch, json_value=json.dumps(sent)))
        await self._rerun(self.fragment)
        answered, images = await self._until_finished()
        if answered is None:
            raise PersonError("No prediction came for a stroke.")
        await asyncio.to_thread(self._fetch, images)
        return answered - began

    async def _rerun(self, fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self.page
        state.fragment_id = fragment
        state.widget_states.widgets.extend(self.widgets.values())
        state.cached_message_hashes.extend(self.kept)
        context = state.context_info
        context.url, context.timezone, context.locale = f"{self.url}/", "UTC", "en-US"
        context.color_scheme = "light"
        await self.socket.send(message.SerializeToString())

    async def _until_finished(self) -> tuple[float | None, list[str]]:
        """When the prediction of a drawing came, by the clock, and the addresses of the images."""
        answered, is_drawing, images = None, False, []
        async with asyncio.timeout(PATIENCE):
            while True:
                message = self._read(await self.socket.recv())
                kind = message.WhichOneof("type")
                is_end = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
                if kind == "script_finished" and is_end:
                    return answered, images
                if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
                    continue
                element = message.delta.new_element
                is_drawing = is_drawing or element.markdown.body == "Your drawing"
                if is_drawing and answered is None and element.HasField("heading"):
                    answered = time.monotonic()
                if element.HasField("alert") and element.alert.format == element.alert.ERROR:
                    raise PersonError(f"The page says: {element.alert.body}")
                images += [image.url for image in element.imgs.imgs]

    def _read(self, content: str | bytes) -> ForwardMsg:
        """A message, with what the page needs to know of it later kept."""
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            if message.ref_hash not in self.kept:
                raise PersonError("The server refers to a message that it has not sent.")
            return self.kept[message.ref_hash]
        if message.metadata.cacheable:
            self.kept[message.hash] = message
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "script_finished" and message.script_finished not in (
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
            ForwardMsg.FINISHED_EARLY_FOR_RERUN,
        ):
            raise PersonError("The page's script failed.")
        elif kind == "delta":
            self._note_widget(message)
        return message

    def _note_widget(self, message: ForwardMsg) -> None:
        """Keep the state with which a browser begins a widget; it sends that of all with each rerun."""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise PersonError(f"The page shows an error: {element.exception.message}")
        if kind == "selectbox" and element.selectbox.HasField("default"):
            chosen = element.selectbox.options[element.selectbox.default]
            self._keep(WidgetState(id=element.selectbox.id, string_value=chosen))
        elif kind == "file_uploader":
            state = WidgetState(id=element.file_uploader.id)
            state.file_uploader_state_value.SetInParent()
            self._keep(state)
        elif kind == "bidi_component" and element.bidi_component.component_name.endswith("sketch"):
            self.sketch, self.fragment = element.bidi_component.id, message.delta.fragment_id

    def _keep(self, state: WidgetState) -> None:
        self.widgets[state.id] = state

    def _open(self) -> None:
        """Load the page itself, and take the cookies that it sets."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        connection.request("GET", "/", headers={"Accept": "text/html", "Cookie": self.cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise PersonError(f"The page answers with status {answer.status}.")
        given = answer.headers.get_all("Set-Cookie") or []
        mine = [self.cookie] if self.cookie else []
        self.cookie = "; ".join(mine + [each.split(";")[0] for each in given])

    def _fetch(self, images: list[str]) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        for image in images:
            connection.request("GET", image)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise PersonError(f"An image answers with status {answer.status}.")
        connection.close()
