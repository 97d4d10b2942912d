"""The commands about sweeps: sweep, sweeps."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from fmnist.jobs.sweep import launching
from fmnist.recipes import registry
from fmnist.recipes.fields import RecipeError
from fmnist.runs import learning_curve
from fmnist.runs.files import RunError
from fmnist.runs.sweep_fields import Trial
from fmnist.runs.sweep_plan import Plan, plan
from fmnist.runs.sweeps import Sweep, find, list_sweeps


def sweep(options: argparse.Namespace) -> int:
    """Train a recipe with many settings, and find the best by validation."""
    wanted = plan(
        registry.find(options.recipe),
        _texts(options.set),
        seeds=options.seeds,
        sampler=options.sampler,
        pruner=options.pruner,
        trials=options.trials,
    )
    made = launching.create(wanted, options.name)
    _say(_before(made, wanted), options.json)
    return _carry_out(made, options.json)


def sweeps(options: argparse.Namespace) -> int:
    """List sweeps, or show, stop, resume or delete one."""
    if options.what is None:
        _list(options.json)
        return 0
    named = find(options.sweep)
    if options.what == "show":
        print(json.dumps(_as_json(named)) if options.json else "\n".join(_shown(named)))
    elif options.what == "resume":
        launching.prepare_resume(named)
        return _carry_out(named, as_json=False)
    elif options.what == "stop":
        launching.stop(named)
    else:
        launching.delete(named)
    return 0


def work(options: argparse.Namespace) -> int:
    """Be the process that carries out a sweep."""
    from fmnist.jobs.sweep import working

    return 1 if working.work(Sweep(options.sweep.resolve())) else 0


def _texts(given: Iterable[str]) -> dict[str, str]:
    """The search space of texts such as "learning_rate=0.01,0.1", by the fields' names."""
    found: dict[str, str] = {}
    for name, equals, text in (each.partition("=") for each in given):
        if not equals:
            raise RecipeError(
                f"Expected FIELD=VALUES, such as learning_rate=0.01,0.1, not {name[:80]!r}."
            )
        if name in found:
            raise RecipeError(f"{name[:40]} is given twice; give all its values at once.")
        found[name] = text
    return found


def _before(made: Sweep, wanted: Plan) -> str:
    time = f", {found}" if (found := wanted.estimate) else ""
    return (
        f"Sweep {made.name}: {_count(wanted.trials, 'trial')}, at most {_count(wanted.runs, 'run')} and "
        f"{_count(wanted.epochs, 'epoch')}{time}; sampler {wanted.sampler}, pruner {wanted.pruner}."
    )


def _carry_out(named: Sweep, as_json: bool) -> int:
    from fmnist.jobs.sweep import working

    error = working.work(named, lambda line: _say(line, as_json))
    if error:
        raise RunError(error)
    print(json.dumps(_as_json(named)) if as_json else "\n".join(["", *_shown(named)]))
    return 0 if named.state == "finished" else 1


def _say(line: str, as_json: bool) -> None:
    print(line, file=sys.stderr if as_json else sys.stdout, flush=True)


def _list(as_json: bool) -> None:
    found = list_sweeps()
    if as_json:
        for each in found:
            print(json.dumps(_as_json(each)))
        return
    print(f"{'name':24}{'state':12}{'recipe':16}{'trials':>10}{'epochs':>16}{'best':>10}")
    for each in found:
        print(_line(each))


def _line(found: Sweep) -> str:
    try:
        cost, best, about = found.cost, found.best, found.description
        trials, epochs = f"{cost.trials}/{about['trials']}", f"{cost.epochs}/{cost.full_epochs}"
        accuracy = f"{best.accuracy:.2%}" if best and best.accuracy else "-"
        line = f"{found.name:24}{found.state:12}{found.recipe.name:16}{trials:>10}{epochs:>16}{accuracy:>10}"
    except RunError as error:
        return f"{found.name:24}{'broken':12}{error}"
    return f"{line}  {found.problem}" if found.problem else line


def _shown(found: Sweep) -> list[str]:
    """A sweep in lines: its trials, the best first, then the best settings and the cost."""
    trials = sorted(found.trials, key=lambda trial: -(trial.accuracy or 0.0))
    lines = [f"Sweep {found.name}: {found.state}"]
    lines += [found.problem] if found.problem else []
    names = list(found.space)
    widths = {
        name: max([len(name), *(len(_word(t.settings.get(name))) for t in trials)]) + 2
        for name in names
    }
    head = "".join(f"{name:{widths[name]}}" for name in names)
    lines.append(f"{'trial':>5}  {head}{'state':12}{'epochs':>7}{'validation accuracy':>21}")
    for trial in trials:
        settings = "".join(f"{_word(trial.settings.get(name)):{widths[name]}}" for name in names)
        lines.append(
            f"{trial.number:>5}  {settings}{trial.state:12}{trial.epochs:>7}{_accuracy(trial):>21}"
        )
    return [*lines, *_best(found), _cost(found)]


def _best(found: Sweep) -> list[str]:
    best = found.best
    if not best:
        return []
    settings = " ".join(f"--set {name}={_word(value)}" for name, value in best.settings.items())
    lines = [f"Best by validation: trial {best.number} ({settings}), {_accuracy(best)}."]
    if tests := found.test_accuracies:
        lines.append(f"Its test accuracy: {', '.join(f'{each:.2%}' for each in tests)}.")
    return lines


def _cost(found: Sweep) -> str:
    cost = found.cost
    return (
        f"Cost: {_count(cost.runs, 'run')}, {_count(cost.epochs, 'epoch')} ({cost.share:.0%} of the "
        f"{cost.full_epochs:,} without early stopping), {learning_curve.duration(cost.seconds)} of training."
    )


def _as_json(found: Sweep) -> dict[str, Any]:
    """A sweep as a JSON object; of a broken one its name, state and problem."""
    about: dict[str, Any] = {"name": found.name, "state": found.state, "problem": found.problem}
    try:
        kept, best, cost = found.description, found.best, found.cost
        about |= {
            name: kept[name] for name in ("space", "sampler", "pruner", "seeds", "created_at")
        }
        about |= {
            "recipe": kept["recipe"]["name"],
            "trials": [_trial_as_json(trial) for trial in found.trials],
            "best": _trial_as_json(best) if best else None,
            "test_accuracies": found.test_accuracies,
            "cost": cost._asdict() | {"share": cost.share},
        }
    except RunError as error:
        about["problem"] = str(error)
    return about


def _trial_as_json(trial: Trial) -> dict[str, Any]:
    figures = {"accuracy": trial.accuracy, "spread": trial.spread, "epochs": trial.epochs}
    kept: dict[str, Any] = msgspec.to_builtins(trial)
    return kept | figures


def _accuracy(trial: Trial) -> str:
    if trial.accuracy is None:
        return "-"
    spread = "" if trial.spread is None else f" ± {100 * trial.spread:.2f}"
    return f"{100 * trial.accuracy:.2f}{spread} %"


def _word(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
