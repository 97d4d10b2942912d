"""All that a class has trained as one file, for its teacher alone."""

import json
import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from streamlit.auth_util import get_secrets_auth_section
from streamlit.web.server.starlette.starlette_auth_routes import _get_cookie_value_from_request
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from fmnist.app.shared import visitor
from fmnist.machine.disk import explain
from fmnist.people import acting, members, mode
from fmnist.people.person import Person
from fmnist.runs import class_work
from fmnist.runs.files import RunError

from .person_cookie import NAME

ADDRESS = "class.zip"


async def class_archive(request: Request) -> Response:
    """The archive, made on disk so that the server need not hold it, and deleted once it is sent."""
    person = _who_asks(request)
    if mode.current() != "class" or not person.teacher:
        return PlainTextResponse("Only the teacher can download this: sign in first.", 403)
    try:
        with acting.acting_as(person):
            path = await run_in_threadpool(_write)
    except (RunError, OSError) as error:
        said = explain(error) if isinstance(error, OSError) else error
        return PlainTextResponse(f"The file cannot be made: {said}", 500)
    return FileResponse(path, filename=ADDRESS, background=BackgroundTask(path.unlink))


def _who_asks(request: Request) -> Person:
    """As `visitor.person` says it in a page."""
    if not get_secrets_auth_section():
        return members.person_with(request.cookies.get(NAME, ""))
    account = _get_cookie_value_from_request(request, USER_COOKIE_NAME)
    return visitor.with_account(json.loads(account)) if account else Person("")


def _write() -> Path:
    handle, name = tempfile.mkstemp(".zip", "fmnist-class-")
    path = Path(name)
    try:
        with open(handle, "wb") as file:
            class_work.write_archive(file, visitor.name_of)
    except BaseException:
        path.unlink()
        raise
    return path
