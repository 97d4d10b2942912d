"""Photos for Try it: an uploaded file, or one from the camera."""

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fmnist.app.components.watchers import refused_upload, watch_uploader

from . import inputs

MEGABYTE = 10**6  # as Streamlit's upload box counts them
MOST = 50  # megabytes; below server.maxUploadSize
UPLOADER = "try_upload"


def uploader() -> None:
    """A box for a file of any kind; its content is checked here, so that a refusal gives the reason."""
    count = _received()
    with st.container(key=UPLOADER, width=104):
        st.file_uploader(
            "Upload a photo",
            key=f"try.upload.{count}",
            label_visibility="collapsed",
            width=104,
            on_change=_take,
            args=("upload", count),
        )


def refuse_large_files() -> None:
    """Refuse a file that is too large before it is sent."""
    watch_uploader(UPLOADER, MOST * MEGABYTE, _refuse)


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
    """Classify the photo in that widget, and free the file."""
    upload = st.session_state.get(f"try.{widget}.{count}")
    # The browser may name the file of an earlier widget once more, before it has the next one.
    if upload is None or count != _received():
        return
    st.session_state["try.received"] += 1
    if not hasattr(upload, "getvalue"):  # Streamlit's DeletedFile: the server has no such file
        inputs.refuse("Your photo", "The file did not reach the server. Please upload it again.")
        return
    name = f"Your photo, {inputs.short(upload.name)}" if widget == "upload" else "Your photo"
    inputs.use_photo(name, upload.getvalue())
    context = get_script_run_ctx()
    if context and isinstance(files := context.uploaded_file_mgr, MemoryUploadedFileManager):
        files.remove_file(context.session_id, upload.file_id)


def _refuse() -> None:
    """Show that a file is too large."""
    st.session_state["try.received"] += 1
    file = refused_upload()
    size = file["size"] / MEGABYTE
    inputs.refuse(
        f"Your photo, {inputs.short(str(file['name']))}",
        f"The file is {size:,.0f} MB; expected at most {MOST} MB. Make the photo smaller or crop it.",
    )
