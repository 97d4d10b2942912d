"""Photos that a visitor of Try it brings: a file, or one from the camera."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fmnist.pages import asked
from fmnist.pages.components.watchers import refused_upload, watch_uploader

MEGABYTE = 1 << 20  # as Streamlit counts them
MOST = 50  # megabytes; below server.maxUploadSize
UPLOADER = "try_upload"


def uploader() -> None:
    """A box for a file of any kind; what it is, is judged here, so that each refusal is a sentence."""
    with st.container(key=UPLOADER, width=104):
        key = _key("upload")
        st.file_uploader(
            "Upload a photo",
            key=key,
            label_visibility="collapsed",
            width=104,
            on_change=_take,
            args=(key, "Your photo"),
        )


def refuse_large_files() -> None:
    """Say in a sentence which file is too large, before it is sent."""
    watch_uploader(UPLOADER, MOST * MEGABYTE, _refuse)


def camera() -> None:
    """The camera, which the browser asks for now, and the way back to the drawing."""
    st.button("Draw", icon=":material/draw:", on_click=asked.ask_about, args=("drawing",))
    key = _key("camera")
    st.camera_input(
        "Take a photo", key=key, label_visibility="collapsed", on_change=_take, args=(key, "")
    )


def _key(widget: str) -> str:
    """Another one after each photo, so that none stays in the widget and the same can come again."""
    return f"try.{widget}.{st.session_state.setdefault('try.brought', 0)}"


def _take(key: str, name: str) -> None:
    """Ask about the photo in that widget, and let go of the file."""
    upload = st.session_state.get(key)
    if upload is None:
        return
    st.session_state["try.brought"] += 1
    if not hasattr(upload, "getvalue"):  # Streamlit's DeletedFile: the server has no such file
        asked.refuse("Your photo", "It did not reach the server. Please upload it again.")
        return
    asked.bring(f"{name}, {asked.short(upload.name)}" if name else "Your photo", upload.getvalue())
    context = get_script_run_ctx()
    context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)


def _refuse() -> None:
    """Say of a file that is too large that it is."""
    st.session_state["try.brought"] += 1
    file = refused_upload()
    size = file["size"] / MEGABYTE
    asked.refuse(
        f"Your photo, {asked.short(str(file['name']))}",
        f"The file has {size:,.0f} MB; expected at most {MOST} MB. Make the photo smaller, or crop it.",
    )
