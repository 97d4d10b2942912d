"""What early stopping saves of a sweep, and what it misses: `python -m tests.measure_sweep [RECIPE ...]`.

The same twelve trials are trained twice: all to their end, and with the pruner "halving". As which trials end early
depends on their order, the curves of the whole grid are then pruned in a hundred other orders, without training.
"""

import os
import statistics
import sys
import tempfile
import time

from fmnist.jobs import launcher
from fmnist.jobs.sweep import launching, working
from fmnist.jobs.sweep.study import STEPS, Study, step_after
from fmnist.jobs.sweep.trials import in_words
from fmnist.jobs.sweep.watching import ends_of_epochs
from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.runs import sweep_plan
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE
from fmnist.runs.sweep_fields import Trial
from fmnist.runs.sweeps import Sweep

SPACES = {
    "mlp-256": {
        "epochs": "16",
        "training_images": "20000",
        "validation_split": "0.25",
        "learning_rate": "0.0001,0.0003,0.001,0.003",
        "batch_size": "32,128,512",
    },
    "sprint": {
        "epochs": "8",
        "training_images": "8000",
        "validation_split": "0.25",
        "learning_rate": "0.01,0.03,0.1,0.3",
        "batch_size": "64,128,512",
    },
}
ORDERS = 100
SEEDS = 3  # of the winner, for its spread

Curve = dict[int, float]  # validation accuracy by step


def main(recipe: str) -> None:
    """Train both sweeps of a recipe, and print what each cost and found."""
    print(f"{recipe}: {' '.join(f'{k}={v}' for k, v in SPACES[recipe].items())}", flush=True)
    full = carried_out(recipe, "none")
    show("whole grid", full)
    pruned = carried_out(recipe, "halving")
    show("halving", pruned)
    best, found = full.best, pruned.best
    assert best
    assert found
    spread = spread_of(full)
    loss = best.accuracies[0] - accuracy_in(full, found)
    print(
        f"found {100 * loss:.2f} points below the best; the best one's standard deviation over {SEEDS} seeds is "
        f"{100 * spread:.2f} points"
    )
    simulate(recipe, full)


def carried_out(recipe: str, pruner: str) -> Sweep:
    """A sweep of the recipe, at its end."""
    plan = sweep_plan.plan(registry.find(recipe), SPACES[recipe], pruner=pruner)
    sweep = launching.create(plan)
    if error := working.work(sweep, lambda line: None):
        raise SystemExit(error)
    return sweep


def show(name: str, sweep: Sweep) -> None:
    """Print what a sweep cost, and its best trial."""
    cost, best = sweep.cost, sweep.best
    assert best
    print(
        f"{name}: {cost.epochs} of {cost.full_epochs} epochs ({cost.share:.0%}). {in_words(best)}",
        flush=True,
    )


def accuracy_in(sweep: Sweep, trial: Trial) -> float:
    """The accuracy of the trial with these settings in another sweep."""
    return next(each for each in sweep.trials if each.settings == trial.settings).accuracies[0]


def spread_of(full: Sweep) -> float:
    """The standard deviation of the best trial's accuracy over seeds."""
    recipe = full.best_recipe
    assert recipe
    runs = [launcher.start(recipe.changed(seed=seed)) for seed in range(SEEDS)]
    while any(run.state in ACTIVE for run in runs):
        launcher.bring_workers()
        time.sleep(1.0)
    return statistics.stdev(run.figures["validation_accuracy"] for run in runs)


def simulate(recipe: str, full: Sweep) -> None:
    """Prune the curves of a whole grid in other orders, and print what that would have saved and missed."""
    curves = {str(trial.settings): curve_of(trial) for trial in full.trials}
    ends = {str(trial.settings): trial.accuracies[0] for trial in full.trials}
    shares, losses = [], []
    plan = sweep_plan.plan(registry.find(recipe), SPACES[recipe], pruner="halving")
    for _ in range(ORDERS):
        sweep = launching.create(plan)
        launching.stop(sweep)
        study, steps, done = Study(sweep), 0, []
        while (number := study.next()) is not None:
            settings = str(study.settings(number))
            for step, accuracy in curves[settings].items():
                if step < STEPS and study.should_prune(number, step, accuracy):
                    study.prune(number)
                    break
            else:
                step = STEPS
                study.finish(number, ends[settings])
                done.append(ends[settings])
            steps += step
        (sweep.path / "sweep.json").unlink()  # so many cannot be active at once
        shares.append(steps / STEPS / len(curves))
        losses.append(max(ends.values()) - max(done))
    same = sum(loss == 0 for loss in losses)
    print(
        f"{ORDERS} other orders: {statistics.mean(shares):.0%} of the epochs on average (at most {max(shares):.0%}); "
        f"the same winner in {same}, else at most {100 * max(losses):.2f} points below it"
    )


def curve_of(trial: Trial) -> Curve:
    """The validation accuracy after each step, of a trial's first run."""
    run = Run(folders.home() / trial.runs[0].name)
    epochs = run.recipe.epochs
    return {step_after(epoch, epochs): accuracy for epoch, accuracy in ends_of_epochs(run)}


if __name__ == "__main__":
    os.environ["FMNIST_RUNS"] = tempfile.mkdtemp()
    for name in sys.argv[1:] or SPACES:
        main(name)
