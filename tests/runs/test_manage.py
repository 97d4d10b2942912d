"""What a user does with runs of their own: rename, delete, take along."""

import concurrent.futures
import io
import shutil
import threading
import zipfile

import numpy as np
import pytest

from fmnist.machine import folders
from fmnist.runs import cache, listing, manage
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE

from ..conftest import in_one_sentence

SHIPPED = Run(folders.SHIPPED / "mlp-256")


def names_in(home) -> list[str]:
    """What is in the folder of the runs, but for hidden files."""
    return [path.name for path in home.iterdir() if path.is_dir() or path.name[0] != "."]


def refused(action, *arguments) -> str:
    """Why it cannot be, in one sentence."""
    with pytest.raises(RunError) as error:
        action(*arguments)
    assert in_one_sentence(str(error.value))
    return str(error.value)


def together(*actions) -> list[Exception | None]:
    """Do all at once, each in a thread; what each raised."""
    barrier = threading.Barrier(len(actions))

    def act(action):
        barrier.wait()
        try:
            action()
        except Exception as error:
            return error

    with concurrent.futures.ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))


def test_a_renamed_run_is_the_same_under_its_new_name(tiny, home):
    before = tiny.result
    renamed = manage.rename(tiny, " best.one_2 ")
    assert renamed.name == "best.one_2"
    assert listing.find("best.one_2").result == before
    assert [run.name for run in listing.list_runs() if not run.shipped] == ["best.one_2"]
    assert not tiny.path.exists()


@pytest.mark.parametrize(
    "name",
    ["", "  ", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a b", "-a", "ä", "a\nb", "x" * 65],
)
def test_a_name_that_is_no_plain_name_is_refused_and_nothing_is_lost(tiny, home, name):
    assert "letters, digits" in refused(manage.rename, tiny, name)
    assert names_in(home) == ["tiny-1"]
    assert tiny.usable


def test_a_name_that_is_taken_is_refused(tiny, failed):
    assert "tiny-failed already" in refused(manage.rename, tiny, failed.name)
    assert "came with the project" in refused(manage.rename, tiny, SHIPPED.name)
    assert "tiny-1 already" in refused(manage.rename, tiny, "tiny-1")
    assert tiny.usable
    assert failed.state == "failed"


def test_a_deleted_run_is_gone_with_all_its_files(tiny, failed, home):
    manage.delete(tiny)
    assert names_in(home) == [failed.name]


def test_what_was_worked_out_from_a_run_goes_with_it(tiny):
    known = {"known": np.arange(3)}
    cache.kept(tiny, "something", lambda: known)
    renamed = manage.rename(tiny, "other")
    assert (cache.read(cache.place(renamed, "something"))["known"] == known["known"]).all()
    place = cache.place(renamed, "something")
    manage.delete(renamed)
    assert not place.parent.exists()


@pytest.mark.parametrize("situation", ["failed", "interrupted", "broken"])
def test_a_run_without_a_model_can_be_renamed_and_deleted(situation, request, home):
    run = request.getfixturevalue(situation)
    manage.delete(manage.rename(run, "other"))
    assert not names_in(home)


def test_an_active_run_is_neither_renamed_nor_deleted_but_to_be_stopped_first(running, make_run):
    for run in (running, make_run("waiting", pid=None)):
        assert "stop it on the Train page first" in refused(manage.rename, run, "other")
        assert "stop it on the Train page first" in refused(manage.delete, run)
        assert run.state in ACTIVE


def test_a_shipped_run_is_neither_renamed_nor_deleted(home):
    assert "came with the project" in refused(manage.rename, SHIPPED, "mine")
    assert "came with the project" in refused(manage.delete, SHIPPED)
    assert SHIPPED.usable


def test_of_two_tabs_that_act_on_one_run_one_gets_a_sentence(tiny_training, home):
    for number in range(20):
        run = Run(home / f"run-{number}")
        shutil.copytree(tiny_training / "tiny-1", run.path)
        problems = together(
            lambda run=run: manage.rename(run, f"{run.name}-a"),
            lambda run=run: manage.rename(run, f"{run.name}-b"),
            lambda run=run: manage.delete(run),
        )
        said = [problem for problem in problems if problem]
        assert len(said) == 2, problems
        assert all(isinstance(problem, RunError) for problem in said)
        assert all("another tab" in str(problem) for problem in said)
        left = names_in(home)
        assert len(left) == (problems[2] is not None), left
        if left:
            manage.delete(Run(home / left[0]))


def test_of_two_runs_that_want_one_name_one_gets_it_and_the_other_stays(make_run, home):
    for number in range(20):
        both, wanted = [make_run(f"{letter}-{number}", "failed") for letter in "ab"], f"c-{number}"
        problems = together(
            *(lambda run=run, name=wanted: manage.rename(run, name) for run in both)
        )
        assert [type(problem) for problem in problems if problem] == [RunError]
        loser = both[0] if problems[0] else both[1]
        assert loser.state == "failed"
        assert Run(home / wanted).state == "failed"


def test_an_archive_holds_the_model_and_all_that_was_written_of_it(tiny):
    file, names = io.BytesIO(), set(manage.FILES) - {"changes.json"}  # nothing was changed
    manage.write_archive(tiny, file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {f"tiny-1/{name}" for name in names}
        for name in names:
            assert archive.read(f"tiny-1/{name}") == (tiny.path / name).read_bytes()


def test_an_archive_of_a_failed_run_holds_what_there_is(failed):
    file = io.BytesIO()
    manage.write_archive(failed, file)
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["tiny-failed/run.json"]


def test_a_run_that_another_tab_has_deleted_is_no_empty_archive(tiny):
    manage.delete(tiny)
    assert "another tab" in refused(manage.write_archive, tiny, io.BytesIO())
