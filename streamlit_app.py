"""The app: `streamlit run streamlit_app.py`. Its pages are in fmnist/app, a folder each."""

from pathlib import Path

import streamlit as st

import fmnist

PAGES = {  # by its folder and address: title and icon
    "try_it": ("Try it", ":material/draw:"),
    "train": ("Train", ":material/model_training:"),
    "models": ("Models", ":material/hub:"),
    "mistakes": ("Mistakes", ":material/search:"),
    "data": ("Data", ":material/dataset:"),
}
APP = Path(fmnist.__file__).parent / "app"

st.set_page_config(page_title="Fashion-MNIST", page_icon="👕", layout="wide")
st.navigation(
    [
        st.Page(
            APP / name / "page.py",
            title=title,
            icon=icon,
            url_path=name,
            default=name == "try_it",
        )
        for name, (title, icon) in PAGES.items()
    ],
    position="top",
).run()
