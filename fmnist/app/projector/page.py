"""Projector: what the teacher shows to everybody, large; who has it open need do nothing."""

from pathlib import Path

import streamlit as st

from fmnist.app.shared import comparison, curves, joining, presence, styles, visitor, widgets
from fmnist.people import acting, classroom, members
from fmnist.people.classroom import EVERYBODY, RUN
from fmnist.people.person import OWNER
from fmnist.runs import class_work, learning_curve, listing
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

STYLE = Path(__file__).with_name("projector.css")
REFRESH = 2  # seconds
HEIGHT = 340  # pixels of a chart


def page() -> None:
    """The whole page: how to join, everybody's runs, or one run."""
    styles.apply_to_all()
    styles.apply(STYLE)
    styles.run_scripts()
    st.fragment(_show, run_every=REFRESH)()


def _show() -> None:
    what = classroom.settings().projected
    with widgets.errors_in_words(), acting.acting_as(OWNER):  # the teacher shows it to everybody
        if what == EVERYBODY:
            show_everybody()
        elif what.startswith(RUN):
            show_run(what.removeprefix(RUN))
        else:
            show_how_to_join()


def show_how_to_join() -> None:
    """Address, code, QR code, and how many are in."""
    invited = joining.invitation()
    here = presence.here()
    count = sum(id in here for id in members.students())
    st.title("Join the class", anchor=False)
    words, code = st.columns([3, 2], vertical_alignment="center")
    with words:
        st.markdown("Open")
        st.header(invited.address.removeprefix("http://"), anchor=False)
        st.markdown("and enter the code")
        st.header(invited.code, anchor=False)
        st.markdown(f"{widgets.counted(count, 'students')} here")
    with code:
        joining.qr_code(invited.link)


def show_everybody() -> None:
    """The best run of each person."""
    st.title("Everybody's runs", anchor=False)
    comparison.show_large()


def show_run(name: str) -> None:
    """One run: whose it is, its figures, its curves."""
    try:
        run = listing.find(name)
    except RunError:
        st.title("Projector", anchor=False)
        st.info(f"The run {name} is gone. The teacher's page chooses another one.")
        return
    st.title(f"{widgets.plain(visitor.name_of(class_work.owner(run)))}: {run.name}", anchor=False)
    _show_figures(run)
    curves.show(run, "projector", beside=True, height=HEIGHT, large=True)


def _show_figures(run: Run) -> None:
    result, status = run.result, run.status
    with st.container(horizontal=True, gap="large"):
        if result:
            st.metric("Test accuracy", f"{result['test_accuracy']:.2%}", width="content")
            if "validation_accuracy" in result:
                st.metric(
                    "Validation accuracy", f"{result['validation_accuracy']:.2%}", width="content"
                )
            st.metric("Parameters", f"{result['parameters']:,}", width="content")
            if "seconds" in result:
                time = learning_curve.duration(result["seconds"])
                st.metric("Training time", time, width="content")
        else:
            widgets.state_badge(run.state)
            if "epoch" in status:
                st.markdown(f"Epoch {status['epoch']} of {status.get('epochs')}")


page()
