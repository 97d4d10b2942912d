"""The app: `streamlit run streamlit_app.py`. Its pages are in fmnist/app, a folder each."""

import streamlit as st

from fmnist.app.learn import panel
from fmnist.app.shared.pages import PAGES, path_of

st.set_page_config(page_title="Fashion-MNIST", page_icon="👕", layout="wide")
page = st.navigation(
    [
        st.Page(path_of(name), title=title, icon=icon, url_path=name, default=name == "try_it")
        for name, (title, icon) in PAGES.items()
    ],
    position="top",
)
panel.show()
page.run()
