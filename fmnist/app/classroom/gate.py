"""Who is let in to a page in a class: who has joined, where the teacher has not locked it."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from fmnist.app.classroom import join
from fmnist.app.shared import lesson, pages, presence, styles, visitor
from fmnist.people import classroom, members, mode
from fmnist.people.classroom import Settings
from fmnist.people.person import Person

FOLLOWED = (
    "classroom.followed"  # the number of the last lesson for all that this session has opened
)


def is_in() -> bool:
    """Whether who looks has joined, or need not."""
    if mode.current() != "class":
        return True
    person = visitor.person()
    return person.teacher or members.has_joined(person.id)


def pages_of_class() -> list[StreamlitPage]:
    """The pages that there are in a class alone; the teacher's are in the navigation for a teacher."""
    if mode.current() != "class":
        return []
    visible = {pages.CLASS, pages.TEACHER} if visitor.person().teacher else {pages.CLASS}
    return [
        st.Page(
            pages.path_of(name),
            title=title,
            icon=icon,
            url_path=name,
            visibility="visible" if name in visible else "hidden",
        )
        for name, (title, icon) in pages.OF_CLASS.items()
    ]


def opens(page: StreamlitPage) -> bool:
    """Whether who looks may see a page; where not, something else is shown in its place."""
    if mode.current() != "class":
        return True
    person, name = visitor.person(), page.url_path or pages.FIRST
    if visitor.must_log_in():
        join.show_login()
        return False
    if not is_in():
        if name == pages.TEACHER:  # which asks for the password
            return True
        join.show(person)
        return False
    presence.note(person.id, page.title)
    settings = classroom.settings()
    _follow(person, settings)
    if name in settings.locked and not person.teacher:
        _show_locked(page.title)
        return False
    return True


def _follow(person: Person, settings: Settings) -> None:
    """Open the lesson that the teacher has opened for all, once; close it when they do."""
    if person.teacher or st.session_state.get(FOLLOWED, 0) == settings.lesson_number:
        return
    st.session_state[FOLLOWED] = settings.lesson_number
    if settings.lesson:
        lesson.open_at(settings.lesson)
    else:
        lesson.leave()


def _show_locked(title: str) -> None:
    styles.apply_to_all()
    st.title(title, anchor=False)
    st.info(
        "Your teacher has locked this page for now. The others are open.", icon=":material/lock:"
    )
