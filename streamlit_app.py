"""The app: `streamlit run streamlit_app.py`. Its pages are in fmnist/pages."""

import streamlit as st

st.set_page_config(page_title="Fashion-MNIST", page_icon="👕", layout="wide")
st.navigation(
    [
        st.Page("fmnist/pages/try_it.py", title="Try it", icon=":material/draw:", default=True),
        st.Page("fmnist/pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("fmnist/pages/models.py", title="Models", icon=":material/hub:"),
        st.Page("fmnist/pages/mistakes.py", title="Mistakes", icon=":material/search:"),
        st.Page("fmnist/pages/data.py", title="Data", icon=":material/dataset:"),
    ],
    position="top",
).run()
