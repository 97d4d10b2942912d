"""The app: `streamlit run streamlit_app.py`. What a visit shows begins in fmnist/app/script.py."""

import streamlit as st

from fmnist.app.server import stack
from fmnist.machine import folders

app = st.App(
    folders.SCRIPT,
    routes=stack.routes(),
    middleware=stack.middleware(),
    lifespan=stack.lifespan,
    on_script_error=stack.log_error,
)
