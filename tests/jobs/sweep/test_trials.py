"""What becomes of trials: who goes on, who ends early, and what is left when the process is killed."""

import shutil

import pytest

from fmnist.jobs import launcher
from fmnist.jobs.sweep.trials import Trials
from fmnist.jobs.sweep.watching import TRIES
from fmnist.runs import changes, listing
from fmnist.runs.run import Run
from fmnist.runs.sweeps import Sweep
from fmnist.runs.writer import RunWriter

from .conftest import EPOCHS, stop, train

ROOM = 4  # runs at once


def carry_out(sweep: Sweep) -> Trials:
    """The trials, as a new process finds them."""
    return Trials(sweep, lambda line: None)


def runs_of(sweep: Sweep) -> dict[tuple[int, int], Run]:
    """Runs by trial and seed."""
    return {(run.sweep["trial"], run.recipe.seed): run for run in sweep.runs() if run.sweep}


def step(trials: Trials) -> None:
    """One look of the process."""
    trials.look()
    trials.start_more(ROOM)


def test_a_bad_trial_ends_early_and_trains_no_other_seeds(make_sweep):
    sweep = make_sweep(seeds=3)
    trials = carry_out(sweep)
    step(trials)
    runs = runs_of(sweep)
    assert runs.keys() == {(0, 0), (1, 0), (2, 0)}
    train(runs[0, 0], 0.7, 0.8)
    train(runs[1, 0], 0.2)
    step(trials)
    assert trials.all[1].state == "running"  # one epoch says little
    train(runs[1, 0], 0.2)
    step(trials)
    assert [trial.state for trial in trials.all] == ["running", "pruned", "running"]
    assert "after epoch 2 of 8" in trials.all[1].error
    assert runs[1, 0].stop_requested
    assert not runs[0, 0].stop_requested
    assert runs_of(sweep).keys() == runs.keys()


def test_a_good_trial_is_judged_by_all_its_seeds(make_sweep):
    sweep = make_sweep(seeds=3)
    trials = carry_out(sweep)
    step(trials)
    train(runs_of(sweep)[0, 0], *[0.8] * EPOCHS)
    step(trials)
    assert (0, 1) in runs_of(sweep)
    step(trials)
    for seed, accuracy in ((1, 0.7), (2, 0.9)):
        stop_others(sweep, trials, keep=0)
        step(trials)
        assert trials.all[0].accuracy is None
        train(runs_of(sweep)[0, seed], *[accuracy] * EPOCHS)
    step(trials)
    done = trials.all[0]
    assert done.state == "finished"
    assert done.accuracy == pytest.approx(0.8)
    assert done.spread == pytest.approx(0.1)
    assert done.epochs == 3 * EPOCHS


def stop_others(sweep: Sweep, trials: Trials, keep: int) -> None:
    """Stop what trains or waits of other trials, which leaves room."""
    for (trial, _), run in runs_of(sweep).items():
        if trial != keep and run.state in ("running", "queued", "stopping"):
            stop(run)


def test_without_a_pruner_all_seeds_train_from_the_start(make_sweep):
    sweep = make_sweep(seeds=2, pruner="none")
    step(carry_out(sweep))
    assert runs_of(sweep).keys() == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_no_more_runs_are_active_than_there_is_room_for(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    trials.start_more(room=2)
    assert len(runs_of(sweep)) == 2
    trials.start_more(room=2)
    assert len(trials.all) == 2  # settings are chosen as late as possible


def test_all_trials_of_a_seed_have_the_same_validation_images(make_sweep):
    sweep = make_sweep({"learning_rate": "0.01,0.1", "batch_size": "64,128"})
    step(carry_out(sweep))
    recipes = [run.recipe for run in sweep.runs()]
    assert {(r.seed, r.validation_split, r.training_images) for r in recipes} == {(0, 0.2, 6000)}
    assert len({(recipe.learning_rate, recipe.batch_size) for recipe in recipes}) == 4


def test_another_process_goes_on_where_one_was_killed(make_sweep):
    sweep = make_sweep()
    step(carry_out(sweep))
    runs = runs_of(sweep)
    train(runs[0, 0], 0.7, 0.8)
    train(runs[1, 0], 0.2, 0.2)  # nothing of all this is in trials.json
    again = carry_out(sweep)
    step(again)
    assert [trial.state for trial in again.all] == ["running", "pruned", "running"]
    train(runs[0, 0], *[0.8] * (EPOCHS - 2))
    last = carry_out(sweep)
    step(last)
    assert [trial.state for trial in last.all] == ["finished", "pruned", "running"]
    assert runs_of(sweep) == runs  # none was started a second time


def test_a_kill_between_the_choice_of_settings_and_the_run_loses_no_trial(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    trials._study.next()  # chosen, and not started
    step(carry_out(sweep))
    assert runs_of(sweep).keys() == {(0, 0), (1, 0), (2, 0)}


def test_a_torn_last_line_of_the_journal_is_dropped(make_sweep):
    sweep = make_sweep()
    step(carry_out(sweep))
    with open(sweep.path / "journal.log", "ab") as journal:
        journal.write(b'{"op_code": 5, "wor')
    (sweep.path / "journal.log.lock").symlink_to("journal.log")
    again = carry_out(sweep)
    step(again)
    assert [trial.state for trial in again.all] == ["running"] * 3


def test_stopped_runs_are_resumed_with_the_sweep(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    assert trials.stop_all() is False  # those that wait end at once
    assert {run.state for run in sweep.runs()} == {"stopped"}
    again = carry_out(sweep)
    step(again)
    assert {run.state for run in sweep.runs()} == {"queued"}
    assert len(runs_of(sweep)) == 3 == len(listing.list_own_runs())


def test_a_run_that_somebody_stops_ends_its_trial(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    launcher.stop(runs_of(sweep)[0, 0])
    step(trials)
    assert trials.all[0].state == "pruned"
    assert "was stopped" in trials.all[0].error


def test_a_run_that_is_deleted_fails_its_trial_for_this_process_and_the_next(make_sweep):
    sweep = make_sweep(seeds=2)
    trials = carry_out(sweep)
    step(trials)
    shutil.rmtree(runs_of(sweep)[0, 0].path)
    step(trials)
    assert trials.all[0].state == "failed"
    assert "was deleted" in trials.all[0].error
    assert carry_out(sweep).all[0].state == "failed"


def test_a_run_of_another_name_is_the_same(make_sweep):
    sweep = make_sweep(seeds=2)
    trials = carry_out(sweep)
    step(trials)
    run = runs_of(sweep)[0, 0]
    run.path.rename(run.path.with_name("mine"))
    step(trials)
    assert trials.all[0].state == "running"
    assert trials.all[0].runs[0].name == "mine"


def test_a_run_whose_settings_somebody_changes_says_nothing_of_its_trial(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    changes.request(runs_of(sweep)[0, 0], {"learning_rate": 0.5})
    step(trials)
    assert trials.all[0].state == "failed"
    assert "was changed" in trials.all[0].error


def test_a_run_that_fails_says_why(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    RunWriter(runs_of(sweep)[0, 0]).update_status(state="failed", error="The training diverged.")
    step(trials)
    assert (trials.all[0].state, trials.all[0].error) == ("failed", "The training diverged.")


def test_a_full_queue_is_waited_for(make_sweep, monkeypatch):
    monkeypatch.setenv("FMNIST_QUEUE", "1")
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    assert len(runs_of(sweep)) == 1
    assert "FMNIST_QUEUE" in trials.waits
    monkeypatch.setenv("FMNIST_QUEUE", "100")
    step(trials)
    assert len(runs_of(sweep)) == 3
    assert not trials.waits


def test_a_run_that_has_trained_all_its_epochs_before_anybody_looks_is_not_ended_early(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    runs = runs_of(sweep)
    train(runs[0, 0], *[0.8] * EPOCHS)
    train(runs[1, 0], *[0.1] * (EPOCHS - 1), 0.9)
    step(trials)
    assert [trial.accuracy for trial in trials.all] == [0.8, 0.9, None]


def test_a_bad_end_of_the_first_run_spares_the_other_seeds(make_sweep):
    sweep = make_sweep(seeds=2)
    trials = carry_out(sweep)
    step(trials)
    runs = runs_of(sweep)
    train(runs[0, 0], *[0.8] * EPOCHS)
    train(runs[1, 0], *[0.9] * (EPOCHS - 1), 0.1)
    step(trials)
    assert trials.all[1].state == "pruned"
    assert trials.all[1].accuracy is None
    assert (1, 1) not in runs_of(sweep)


def test_an_interrupted_run_is_resumed_and_not_for_ever(make_sweep):
    sweep = make_sweep()
    trials = carry_out(sweep)
    step(trials)
    run = runs_of(sweep)[0, 0]
    for _ in range(TRIES):
        RunWriter(run).update_status(state="running", pid=2**22, pid_started=1.0)
        assert run.state == "interrupted"
        step(trials)
        assert run.state == "queued"
    RunWriter(run).update_status(state="running", pid=2**22, pid_started=1.0)
    step(trials)
    assert trials.all[0].state == "failed"
    assert "interrupted" in trials.all[0].error


def test_without_a_cluster_that_answers_runs_are_started_later(make_sweep, monkeypatch):
    sweep = make_sweep()
    step(carry_out(sweep))
    trials = carry_out(sweep)
    trials.stop_all()
    monkeypatch.setenv("FMNIST_CLUSTER", "ray://127.0.0.1:1")
    again = carry_out(sweep)
    step(again)
    assert "127.0.0.1" in again.waits
    assert [trial.state for trial in again.all] == ["running"] * 3


def test_what_readers_see_is_written_again_where_it_is_damaged(make_sweep):
    sweep = make_sweep(seeds=2)
    step(carry_out(sweep))
    (sweep.path / "trials.json").write_text("{")
    assert [trial.state for trial in carry_out(sweep).all] == ["running"] * 3
