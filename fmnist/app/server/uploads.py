"""How many bytes of uploaded files one open page, and all, may have on the server."""

import re
from collections import Counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from fmnist.people.capacity import MEGABYTE, Capacity

from .refusing import refuse

ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")  # of a page, as Streamlit numbers them


class UploadCap:
    """Refuses an upload above the limits before its content is read."""

    def __init__(self, app: ASGIApp, capacity: Capacity):
        self.app, self.capacity = app, capacity
        self.coming: Counter[str] = Counter()  # bytes under way, by page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        page = _page(scope)
        if page is None:
            await self.app(scope, receive, send)
            return
        size = Headers(scope=scope).get("content-length", "")
        if not re.fullmatch("[0-9]{1,15}", size, re.ASCII):
            await refuse(scope, receive, send, 411, "An upload needs the header Content-Length.")
        elif sentence := self._refusal(page, int(size)):
            await refuse(scope, receive, send, 413, sentence)
        else:
            await self._pass_on(page, int(size), scope, receive, send)

    async def _pass_on(
        self, page: str, size: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self.coming[page] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self.coming[page] -= size
            self.coming += Counter()  # forget pages with nothing under way

    def _refusal(self, page: str, size: int) -> str | None:
        held = _held() + self.coming
        limits = self.capacity
        for found, limit, whose in (
            (held[page], limits.uploads, "this page"),
            (held.total(), limits.all_uploads, "all visitors together"),
        ):
            if found + size > limit:
                return (
                    f"The server takes at most {limit / MEGABYTE:,.0f} MB of files from {whose}: "
                    "remove others, or reload the page."
                )
        return None


def _page(scope: Scope) -> str | None:
    """The page whose upload a request is."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    found = ADDRESS.search(scope["path"])
    return found and found[1]


def _held() -> Counter[str]:
    """Bytes of uploaded files by page."""
    if not runtime.exists():
        return Counter()
    manager = runtime.get_instance().uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        return Counter()
    pages = list(manager.file_storage.items())
    return Counter(
        {page: sum(len(file.data) for file in list(files.values())) for page, files in pages}
    )
