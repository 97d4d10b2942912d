"""All that a class has trained as one file, for its teacher alone."""

import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from fmnist.app.shared import visitor
from fmnist.machine.disk import explain
from fmnist.people import acting, members, mode
from fmnist.runs import class_work
from fmnist.runs.files import RunError

from .person_cookie import NAME

ADDRESS = "class.zip"


async def class_archive(request: Request) -> Response:
    """The archive, made on disk so that the server need not hold it, and deleted once it is sent."""
    person = members.person_with(request.cookies.get(NAME, ""))
    if mode.current() != "class" or not person.teacher:
        return PlainTextResponse("Only the teacher can download this: sign in first.", 403)
    try:
        with acting.acting_as(person):
            path = await run_in_threadpool(_write)
    except (RunError, OSError) as error:
        said = explain(error) if isinstance(error, OSError) else error
        return PlainTextResponse(f"The file cannot be made: {said}", 500)
    return FileResponse(path, filename=ADDRESS, background=BackgroundTask(path.unlink))


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
