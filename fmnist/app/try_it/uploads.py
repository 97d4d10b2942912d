"""Photos that a visitor of Try it brings: a file, or one from the camera."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fmnist.app.components.watchers import refused_upload, watch_uploader

from . import inputs

MEGABYTE = 1 << 20  # as Streamlit counts them
MOST = 50  # megabytes; below server.maxUploadSize
UPLOADER = "try_upload"


def uploader() -> None:
    """A box for a file of any kind; what it is, is judged here, so that each refusal is a sentence."""
    count = _brought()
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
    """Say in a sentence which file is too large, before it is sent."""
    watch_uploader(UPLOADER, MOST * MEGABYTE, _refuse)


def camera() -> None:
    """The camera, which the browser asks for now, and the way back to the drawing."""
    st.button("Draw", icon=":material/draw:", on_click=inputs.ask_about, args=("drawing",))
    count = _brought()
    st.camera_input(
        "Take a photo",
        key=f"try.camera.{count}",
        label_visibility="collapsed",
        on_change=_take,
        args=("camera", count),
    )


def _brought() -> int:
    """How many photos came: each has widgets of its own, so that none stays and the same can come again."""
    return st.session_state.setdefault("try.brought", 0)


def _take(widget: str, count: int) -> None:
    """Ask about the photo in that widget, and let go of the file."""
    upload = st.session_state.get(f"try.{widget}.{count}")
    # The browser may name the file of an earlier widget once more, before it has the next one.
    if upload is None or count != _brought():
        return
    st.session_state["try.brought"] += 1
    if not hasattr(upload, "getvalue"):  # Streamlit's DeletedFile: the server has no such file
        inputs.refuse("Your photo", "It did not reach the server. Please upload it again.")
        return
    name = f"Your photo, {inputs.short(upload.name)}" if widget == "upload" else "Your photo"
    inputs.bring(name, upload.getvalue())
    context = get_script_run_ctx()
    context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)


def _refuse() -> None:
    """Say of a file that is too large that it is."""
    st.session_state["try.brought"] += 1
    file = refused_upload()
    size = file["size"] / MEGABYTE
    inputs.refuse(
        f"Your photo, {inputs.short(str(file['name']))}",
        f"The file has {size:,.0f} MB; expected at most {MOST} MB. Make the photo smaller, or crop it.",
    )
