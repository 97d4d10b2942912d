"""What each visit runs: page configuration and navigation. Its pages are beside it, a folder each."""

import streamlit as st

from fmnist.app.classroom import gate
from fmnist.app.learn import panel
from fmnist.app.shared.pages import FIRST, PAGES, path_of, to_first

st.set_page_config(page_title="Fashion-MNIST", page_icon="👕", layout="wide")
shown = [
    st.Page(path_of(name), title=title, icon=icon, url_path=None if name == FIRST else name)
    for name, (title, icon) in PAGES.items()
]
by_name = st.Page(to_first, url_path=FIRST, visibility="hidden")
page = st.navigation(
    [*shown, *gate.pages_of_class(), by_name], position="top" if gate.is_in() else "hidden"
)
if gate.opens(page):
    if gate.is_in():
        panel.show()
    page.run()
