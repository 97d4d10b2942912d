"""Whether the server is well, for who looks after it: `GET /health`."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from streamlit import runtime

from fmnist import machine
from fmnist.machine import folders
from fmnist.people import mode
from fmnist.recipes import registry

PATH = "health"
UNWELL = 503


async def health(_request: Request) -> JSONResponse:
    """Version, mode and open pages; the status is 503 where the model that ships or the runs cannot be read."""
    problem = _model_problem() or folders.home_problem()
    about: dict[str, str | int] = {
        "status": problem or "ok",
        "version": machine.version(),
        "mode": mode.current(),
    }
    if runtime.exists():
        about["pages"] = len(runtime.get_instance()._session_mgr.list_active_sessions())
    return JSONResponse(about, UNWELL if problem else 200, {"Cache-Control": "no-store"})


def _model_problem() -> str | None:
    try:
        with open(folders.SHIPPED / registry.DEFAULT / "model.tflite", "rb"):
            return None
    except OSError as error:
        return f"The model {registry.DEFAULT} cannot be read: {error.strerror}."
