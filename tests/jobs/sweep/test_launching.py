"""Sweeps are made, stopped, resumed and deleted; what is refused says why."""

import filelock
import pytest

from fmnist.jobs.sweep import launching, working
from fmnist.jobs.sweep.trials import Trials
from fmnist.machine import this_process
from fmnist.people import access
from fmnist.people.acting import acting_as
from fmnist.people.person import Person
from fmnist.runs import class_work, files, listing, sweeps
from fmnist.runs.files import RunError
from fmnist.runs.sweeps import Sweep

from ...conftest import disk_is_full_for, in_one_sentence

STUDENT = Person("0123456789abcdef")


def ended(sweep: Sweep, state: str) -> Sweep:
    """The sweep, as its process has left it."""
    files.write(sweep.path / "status.json", {"state": state, "updated_at": 1.0, "pid": None})
    return sweep


def test_sweeps_of_a_recipe_are_numbered_and_a_number_is_given_once(make_sweep):
    assert [make_sweep().name, make_sweep().name] == ["tiny-1", "tiny-2"]
    launching.delete(ended(sweeps.find("tiny-2"), "stopped"))
    assert make_sweep().name == "tiny-3"


def test_a_sweep_is_read_as_it_was_planned(make_sweep):
    sweep = make_sweep({"learning_rate": "0.001..0.1", "epochs": "4"}, seeds=2, trials=5)
    about = sweep.description
    assert (about["sampler"], about["pruner"], about["trials"]) == ("tpe", "halving", 5)
    assert sweep.recipe.epochs == 4
    assert (sweep.trials, sweep.best, sweep.cost.full_epochs) == ([], None, 40)
    assert sweeps.find(sweep.name) == sweep


def test_a_state_is_that_of_its_process(make_sweep):
    sweep = make_sweep()
    assert sweep.state == "running"  # its process is about to begin
    ended(sweep, "running")
    assert sweep.state == "interrupted"
    files.write(sweep.path / "status.json", {"state": "running", **this_process()})
    assert sweep.state == "running"
    launching.stop(sweep)
    assert sweep.state == "stopping"


def refusals(make_sweep):
    """What cannot be done, by what the sentence says."""
    active, done = make_sweep(name="active"), ended(make_sweep(name="done"), "finished")
    yield "stop it first", lambda: launching.delete(active)
    yield "active", lambda: launching.prepare_resume(active)
    yield "finished", lambda: launching.stop(done)
    yield "finished", lambda: launching.prepare_resume(done)
    yield "choose another name", lambda: make_sweep(name="done")
    yield "at most 64", lambda: make_sweep(name="../done")
    yield "there are: ", lambda: sweeps.find("dome")


def test_what_cannot_be_done_is_a_sentence(make_sweep):
    for says, act in refusals(make_sweep):
        with pytest.raises(RunError, match=says) as caught:
            act()
        assert in_one_sentence(str(caught.value))


def test_so_many_sweeps_at_once_and_no_more(make_sweep):
    for _ in range(launching.MOST_ACTIVE):
        make_sweep()
    with pytest.raises(RunError, match="active"):
        make_sweep()


def test_a_student_has_one_active_sweep_and_others_neither_see_nor_stop_it(make_sweep, in_class):
    with acting_as(STUDENT):
        own = make_sweep()
        with pytest.raises(RunError, match="active"):
            make_sweep()
    with acting_as(Person("fedcba9876543210")):
        assert sweeps.list_sweeps() == []
        for act in (launching.stop, launching.delete, launching.prepare_resume):
            with pytest.raises(RunError, match="somebody else"):
                act(own)
    assert access.read(own.path).owner == STUDENT.id
    launching.stop(own)  # the teacher


def test_a_teacher_stops_a_sweep_with_its_runs_and_deletes_it_with_the_class(make_sweep, in_class):
    with acting_as(STUDENT):
        own = make_sweep()
        Trials(own, print).start_more(room=1)
    class_work.stop(own.runs())
    assert own.state == "stopping"
    ended(own, "stopped")
    class_work.forget_students()
    assert not own.path.exists()
    assert listing.list_own_runs() == []


def test_a_demo_starts_none(make_sweep, monkeypatch):
    monkeypatch.setenv("FMNIST_MODE", "public")
    assert launching.refusal()


def test_two_processes_do_not_carry_out_one_sweep(make_sweep, signals):
    sweep = make_sweep()
    with filelock.FileLock(sweep.path / ".worker.lock"):
        assert "another process" in (working.work(sweep) or "")
    assert sweep.state == "running"


def test_damaged_files_are_a_sentence(make_sweep, signals):
    for name in ("sweep.json", "journal.log"):
        sweep = make_sweep()
        (sweep.path / name).write_text("{broken\n")
        error = working.work(sweep)
        assert error
        assert in_one_sentence(error)
        assert name in error
        assert sweep.state in ("failed", "broken")
        assert sweep.problem


def test_a_full_disk_is_a_sentence_and_the_sweep_can_go_on(make_sweep, signals):
    sweep = make_sweep()
    disk_is_full_for(sweep.path / "trials.json")
    assert "No space left" in (working.work(sweep) or "")
    assert sweep.state == "failed"
    assert len(list(sweep.runs())) == 2  # they train on
    launching.prepare_resume(sweep)
    assert sweep.state == "running"


def test_what_a_sweep_waits_for_in_vain_is_why_it_has_failed(make_sweep, signals, monkeypatch):
    sweep = make_sweep()
    monkeypatch.setenv("FMNIST_CLUSTER", "ray://127.0.0.1:1")
    monkeypatch.setattr(working, "PATIENCE", 0.0)
    assert "127.0.0.1" in (working.work(sweep) or "")
    assert sweep.state == "failed"
    assert "127.0.0.1" in (sweep.problem or "")


def test_the_runs_of_a_students_sweep_are_theirs(make_sweep, in_class, signals):
    with acting_as(STUDENT):
        sweep = make_sweep()
    disk_is_full_for(sweep.path / "trials.json")  # it ends with its first runs
    working.work(sweep)
    owners = {access.read(run.path).owner for run in sweep.runs()}
    assert owners == {STUDENT.id}
