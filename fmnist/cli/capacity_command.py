"""The command that computes what visitors and trainings need: capacity."""

import argparse
import json

from fmnist.benchmark import capacity
from fmnist.benchmark.capacity import Limit, Load, Plan, Prices, Training
from fmnist.runs import listing
from fmnist.runs.files import RunError


def plan(options: argparse.Namespace) -> int:
    """Print what the load needs, and what breaks first.

    Raises:
        RunError: there is no load, or no such run.
    """
    load = Load(options.visitors, options.trainings_an_hour, options.every, options.keep_days)
    prices = Prices(options.node_price, options.disk_price, options.traffic_price)
    if not load.every or not load.visitors + load.trainings:
        raise RunError(
            "There is nothing to compute; expected --visitors or --trainings-an-hour, and --every, above 0."
        )
    training = capacity.training_like(listing.named(options.like))
    found = capacity.plan(load, training, prices)
    if options.json:
        print(json.dumps(_as_json(load, training, prices, found), indent=2))
    else:
        print(_in_words(load, training, found))
    return 0


def _as_json(load: Load, training: Training, prices: Prices, found: Plan) -> dict[str, object]:
    """All that it was computed from, and what came out; in bytes, seconds, and the prices' currency an hour."""
    limits = [limit._asdict() | {"share": limit.share} for limit in found.limits]
    return {
        "load": load._asdict(),
        "training": training._asdict(),
        "prices": prices._asdict(),
        "figures": {
            name: {"value": each.value, "unit": each.unit, "command": each.command}
            for name, each in capacity.figures().items()
        },
        "plan": found._asdict() | {"limits": limits},
    }


def _in_words(load: Load, training: Training, found: Plan) -> str:
    costs = ", ".join(f"{name} {cost:,.2f}" for name, cost in found.costs.items() if cost)
    lines = []
    if load.visitors:
        lines += [
            f"{load.visitors:,.0f} visitors at once, a stroke every {load.every:g} s each:",
            f"  replicas   {found.replicas:,} of the app, a core and {found.replica_memory / 1e9:.1f} GB each",
            f"  network    {found.traffic * 8 / 1e6:,.0f} Mbit/s to visitors",
        ]
    if load.trainings:
        lines += [
            f"{load.trainings:,.0f} trainings an hour like {training.name} ({training.seconds:,.0f} s), "
            f"runs kept for {load.kept:g} d:",
            f"  nodes      {found.nodes:,} that train, {capacity.NODE} cores and {found.node_memory / 1e9:.1f} GB each",
            f"  disk       {found.disk / 1e9:,.1f} GB for {found.runs:,.0f} runs",
            f"  a training costs {found.training_cost:.4f}",
        ]
    lines += [f"Cost: {sum(found.costs.values()):,.2f} an hour ({costs})", ""]
    lines += ["What more machines do not help:", *map(_line, found.limits), ""]
    return "\n".join([*lines, _breaks(found.limits[0])])


def _line(limit: Limit) -> str:
    line = (
        f"{limit.share:7.0%}  {limit.what}: {limit.asked:,.0f} of {limit.holds:,.0f} {limit.unit}"
    )
    return f"{line}; {limit.remedy}" if limit.share > 1 else line


def _breaks(first: Limit) -> str:
    what = first.what[0].lower() + first.what[1:]
    if first.share <= 1:
        return f"Nothing breaks. Nearest to its limit: {what}."
    return f"Breaks first: {what}."
