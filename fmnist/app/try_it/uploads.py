"""Photos for Try it: uploaded files, or one from the camera."""

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fmnist.app.components.watchers import refused_upload, watch_uploader
from fmnist.app.shared.uploaded import MEGABYTE, MOST, has_arrived
from fmnist.data.files import limits
from fmnist.machine.disk import explain

from . import inputs, several
from .several import Several

TOGETHER = 400  # megabytes of all files of an upload: the server holds them in memory
LIMITS = (
    f"Several photos at once, or a ZIP file of them: up to {several.MOST}, "
    f"{limits.IMAGE_FILE // MEGABYTE} MB each."
)
UPLOADER = "try_upload"


def uploader() -> None:
    """A box for files of any kind; their content is checked here, so that a refusal gives the reason."""
    count = _received()
    with st.container(key=UPLOADER, width=104):
        st.file_uploader(
            "Upload photos",
            accept_multiple_files=True,
            key=f"try.upload.{count}",
            label_visibility="collapsed",
            width=104,
            on_change=_take,
            args=("upload", count),
        )


def refuse_large_files() -> None:
    """Refuse a file that is too large before it is sent."""
    watch_uploader(UPLOADER, MOST * MEGABYTE, _refuse, TOGETHER * MEGABYTE)


def camera() -> None:
    """The camera, for which the browser asks permission now, and a button back to the drawing."""
    st.button("Draw", icon=":material/draw:", on_click=inputs.use, args=("drawing",))
    count = _received()
    st.camera_input(
        "Take a photo",
        key=f"try.camera.{count}",
        label_visibility="collapsed",
        on_change=_take,
        args=("camera", count),
    )


def _received() -> int:
    """How many photos were received: each has its own widgets, so that the same file can be uploaded again."""
    count: int = st.session_state.setdefault("try.received", 0)
    return count


def _take(widget: str, count: int) -> None:
    """Classify what is in that widget, and free the files."""
    given = st.session_state.get(f"try.{widget}.{count}")
    # The browser may name the files of an earlier widget once more, before it has the next one.
    if not given or count != _received():
        return
    st.session_state["try.received"] += 1
    files = given if isinstance(given, list) else [given]
    if len(files) > 1 or several.is_archive(files[0]):
        _take_several(files)
    elif not has_arrived(files[0]):
        inputs.refuse("Your photo", several.LOST)
    else:
        name = f"Your photo, {inputs.short(files[0].name)}" if widget == "upload" else "Your photo"
        inputs.use_photo(name, files[0].getvalue())
    _free(files)


def _take_several(files: list[UploadedFile]) -> None:
    """Classify several photos."""
    try:
        inputs.use_several(Several(files))
    except OSError as error:
        inputs.refuse("Your photos", f"They cannot be copied to the disk: {explain(error)}")


def _free(files: list[UploadedFile]) -> None:
    """Drop what the server holds of these files in memory."""
    context = get_script_run_ctx()
    if context and isinstance(manager := context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in filter(has_arrived, files):
            manager.remove_file(context.session_id, file.file_id)


def _refuse() -> None:
    """Show that a file, or several together, are too large."""
    st.session_state["try.received"] += 1
    file = refused_upload()
    size, count = file["size"] / MEGABYTE, int(file["count"])
    if count > 1:
        inputs.refuse(
            "Your photos",
            f"The {count} files have {size:,.0f} MB; expected at most {TOGETHER} MB at once. Upload fewer, "
            "or predict a folder of them with `python -m fmnist predict DIR`.",
        )
        return
    inputs.refuse(
        f"Your photo, {inputs.short(str(file['name']))}",
        f"The file is {size:,.0f} MB; expected at most {MOST} MB. Make the photo smaller or crop it.",
    )
