"""A class: who is let in, what its teacher can do, and what students see of it."""

import io
import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from PIL import Image
from starlette.applications import Starlette
from streamlit import user_info
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from fmnist.app.data import collection as data_collection
from fmnist.app.server import class_archive, stack
from fmnist.app.server.person_cookie import NAME
from fmnist.app.shared import visitor, widgets
from fmnist.data import fashion_mnist
from fmnist.data.collection import collection_for
from fmnist.people import access, acting, attempts, classroom, limits, members, person
from fmnist.people.access import Access
from fmnist.people.person import OWNER
from fmnist.recipes.lessons import library
from fmnist.runs.run import Run

from .server.asking import ask
from .visiting import address, button, field, fill_in, press, table, text_of, visit, words

PASSWORD = "correct horse"
ANNA, BEN, TEACHER = (person.new_secret() for _ in range(3))


@pytest.fixture
def code(monkeypatch) -> str:
    monkeypatch.setenv("FMNIST_MODE", "class")
    monkeypatch.setattr(members, "_codes", attempts.Attempts(10, 300))
    monkeypatch.setattr(members, "_passwords", attempts.Attempts(5, 60))
    with acting.acting_as(OWNER):
        return classroom.begin(PASSWORD)


def set_for_all(**values: object) -> None:
    """What the teacher's page does."""
    with acting.acting_as(OWNER):
        classroom.change(**values)


@pytest.fixture
def look(monkeypatch) -> Callable[..., AppTest]:
    """A function by which a browser with a secret opens a page."""

    def look(secret: str, page: str, /, **query: str) -> AppTest:
        monkeypatch.setattr(ContextProxy, "cookies", {NAME: secret})
        return visit(page, **query)

    return look


@pytest.fixture
def anna(code) -> str:
    members.join(person.id_of(ANNA), code)
    return ANNA


@pytest.fixture
def teacher(code) -> str:
    members.teach(person.id_of(TEACHER), PASSWORD)
    return TEACHER


@pytest.fixture
def annas(anna, tiny) -> Run:
    """A finished run of Anna's."""
    access.write(tiny.path, Access(person.id_of(anna)))
    return tiny


def test_who_has_not_joined_sees_no_page_and_a_link_with_the_code_lets_them_in(code, look):
    app = look(ANNA, "learn", join=code)
    assert text_of(app.title) == "Join the class"
    press(app, "Join")
    assert text_of(app.title) == "Learn"
    assert text_of(look(BEN, "learn").title) == "Join the class"
    assert text_of(look("no cookie", "learn").title) == "Join the class"


def test_where_a_login_is_set_up_people_are_known_by_their_accounts(anna, look, monkeypatch):
    account = {"is_logged_in": False}
    monkeypatch.setattr(user_info, "_get_user_info", lambda: account)
    app = look(anna, "learn")
    assert button(app, "Log in")
    assert not app.text_input
    account |= {"is_logged_in": True, "iss": "https://accounts.example", "sub": "42"}
    app = look("no cookie", "learn", join=classroom.settings().code)
    press(app, "Join")
    assert text_of(app.title) == "Learn"
    known = members.person_with_account("https://accounts.example", "42")
    assert members.students() == [person.id_of(ANNA), known.id]


def test_each_trains_a_network_of_their_own_as_the_seed_is_theirs(code, anna, look):
    members.join(person.id_of(BEN), code)

    def seed(secret: str, **query: str) -> int:
        return field(look(secret, "train", **query), "Seed").value

    assert seed(ANNA) == seed(ANNA) != seed(BEN)
    assert seed(ANNA, recipe="ffnn") == seed(ANNA)
    assert seed(ANNA, recipe="ffnn", seed="3") == 3


def test_a_wrong_code_is_refused_in_a_sentence(code, look):
    app = look(ANNA, "learn")
    press(fill_in(app, "Code", "AAAAAA"), "Join")
    assert "wrong" in text_of(app.error)
    assert text_of(app.title) == "Join the class"


def test_the_teachers_page_opens_by_the_password_alone(anna, look):
    app = look(anna, "teacher")
    press(fill_in(app, "Password", "a guess"), "Open")
    assert "wrong" in text_of(app.error)
    assert not app.tabs
    press(fill_in(app, "Password", PASSWORD), "Open")
    assert app.tabs


def test_before_that_it_opens_no_lesson(code, look):
    lesson = next(iter(library.shipped())).name
    app = look(ANNA, "teacher", lesson=lesson)
    assert app.text_input
    assert not app.expander


def test_it_shows_who_has_joined_and_what_they_have_trained(teacher, annas, look):
    found = table(look(teacher, "teacher"), "Looks at")
    assert list(found["Runs"]) == [1]
    assert found["Best"][0] == f"{annas.figures['test_accuracy']:.1%}"


def test_a_locked_page_is_closed_to_students_alone(teacher, anna, look):
    app = look(teacher, "teacher", view="Rules")
    app.button_group[0].select("learn")
    press(app, "Apply")
    assert "locked" in words(look(anna, "learn"))
    assert not look(anna, "learn").header
    assert look(teacher, "learn").header


def test_limits_that_the_teacher_sets_hold(teacher, look):
    app = look(teacher, "teacher", view="Rules")
    press(fill_in(app, "Epochs of a run", 7), "Apply")
    assert limits.of_everybody().epochs == 7
    assert limits.of_everybody().images == limits.DEFAULTS["class"].images


def test_a_lesson_for_all_opens_once_for_each_student(teacher, anna, look):
    app = look(teacher, "teacher", view="Rules")
    press(app, "Start for all")
    student = look(anna, "learn")
    assert address(student)["lesson"] == classroom.settings().lesson
    button(student, "Leave").click().run()
    assert "lesson" not in student.run().query_params


def test_students_see_how_runs_compare_unless_the_teacher_turns_it_off(teacher, annas, look):
    members.join(person.id_of(BEN), classroom.settings().code)
    assert list(table(look(BEN, "classroom", **{"as": "table"}), "person")["run"]) == [annas.name]
    set_for_all(leaderboard=False)
    assert not look(BEN, "classroom", **{"as": "table"}).dataframe
    assert look(teacher, "classroom", **{"as": "table"}).dataframe


def test_a_run_is_seen_by_the_others_once_its_maker_shows_it_to_the_class(annas, anna, look):
    members.join(person.id_of(BEN), classroom.settings().code)
    link = {"model": annas.name, "tab": "Files"}
    assert annas.name not in look(BEN, "models", **link).selectbox(key="model").options
    press(look(anna, "models", **link), "Show to the class")
    theirs = look(BEN, "models", **link)
    assert theirs.selectbox(key="model").value == annas.name
    assert visitor.name_of(person.id_of(anna)) in words(theirs)
    assert not {"Show to the class", "Hide from the class", "Rename", "Delete it"} & {
        each.label for each in theirs.button
    }


def test_the_projector_shows_how_to_join_or_what_the_teacher_chose(teacher, annas, look):
    app = look(teacher, "projector")
    assert classroom.settings().code in text_of(app.header)
    set_for_all(projected=f"{classroom.RUN}{annas.name}")
    shown = {metric.label: metric.value for metric in app.run().metric}
    assert shown["Test accuracy"] == f"{annas.figures['test_accuracy']:.2%}"
    set_for_all(projected=f"{classroom.RUN}gone")
    assert "gone" in text_of(app.run().info)


def test_the_teacher_alone_downloads_all(teacher, annas):
    app = Starlette(routes=stack.routes())
    assert ask(app, "/class.zip").status == 403
    assert ask(app, "/class.zip", cookie=f"{NAME}={ANNA}").status == 403
    answer = ask(app, "/class.zip", cookie=f"{NAME}={teacher}")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        names = archive.namelist()
        assert annas.name in archive.read("results.csv").decode()
    assert any(name.endswith(f"{annas.name}/model.keras") for name in names)


def test_where_a_login_is_set_up_the_teachers_account_downloads_all(teacher, monkeypatch):
    monkeypatch.setattr(class_archive, "get_secrets_auth_section", lambda: {"cookie_secret": "s"})
    app = Starlette(routes=stack.routes())
    members.teach(members.person_with_account("https://accounts.example", "42").id, PASSWORD)

    def status(subject: str, secret: str) -> int:
        account = {"is_logged_in": True, "iss": "https://accounts.example", "sub": subject}
        signed = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(account)).decode()
        return ask(app, "/class.zip", cookie=f"{USER_COOKIE_NAME}={signed}").status

    assert status("42", get_cookie_secret()) == 200
    assert status("43", get_cookie_secret()) == 403
    assert status("42", "a guess") == 403
    assert ask(app, "/class.zip", cookie=f"{NAME}={teacher}").status == 403


def test_after_a_reset_nothing_of_the_class_is_left(teacher, annas, look):
    app = look(teacher, "teacher", view="End of class")
    press(app, "Delete all and reset")
    assert not annas.path.exists()
    assert not members.has_joined(person.id_of(ANNA))
    assert members.is_teacher(person.id_of(teacher))


def test_what_a_student_downloads_is_made_on_their_behalf(anna, monkeypatch):
    made = []
    monkeypatch.setattr(
        st, "download_button", lambda label, content, *more, **options: made.append(content)
    )
    student, collection = members.person_with(anna), collection_for(fashion_mnist.DATASET)
    with acting.acting_as(student):
        collection.add(Image.new("L", (40, 40)), "Bag", kind="drawing")
        widgets.download("Who asks", lambda: acting.person().id, "who.csv")
        data_collection._export(collection)
    with ThreadPoolExecutor(1) as of_the_server:
        who, archive = (of_the_server.submit(content).result() for content in made)
    assert who == student.id
    assert [
        name for name in zipfile.ZipFile(io.BytesIO(archive)).namelist() if name.endswith(".png")
    ]
