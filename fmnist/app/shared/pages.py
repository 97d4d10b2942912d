"""The pages: where each is, its title and icon."""

from pathlib import Path

import streamlit as st

FIRST = "try_it"  # is at the address of the app itself
PAGES = {  # by folder and address, in the order of the navigation: title and icon
    "try_it": ("Try it", ":material/draw:"),
    "train": ("Train", ":material/model_training:"),
    "sweep": ("Sweep", ":material/scatter_plot:"),
    "models": ("Models", ":material/hub:"),
    "mistakes": ("Mistakes", ":material/search:"),
    "data": ("Data", ":material/dataset:"),
    "learn": ("Learn", ":material/school:"),
}
CLASS, TEACHER = "classroom", "teacher"
OF_CLASS = {  # the same, in a class alone
    CLASS: ("Class", ":material/groups:"),
    TEACHER: ("Teacher", ":material/co_present:"),
    "projector": ("Projector", ":material/cast:"),
}


def path_of(page: str) -> str:
    """The absolute path of a page's script: links find it from wherever the app was started."""
    return str(Path(__file__).parents[1] / page / "page.py")


def to_first() -> None:
    """Show the first page with what the address says: also somebody who writes its name finds it."""
    st.switch_page(path_of(FIRST), query_params=st.query_params.to_dict())
