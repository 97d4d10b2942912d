"""The command that looks for what is wrong with an installation: doctor."""

import argparse
import json
from collections.abc import Iterator

from fmnist.machine.disk import explain

from .doctor import computer, content, packages, places, training
from .doctor.finding import Finding

WORDS = {"good": "ok", "note": "note", "wrong": "WRONG"}


def doctor(options: argparse.Namespace) -> int:
    """Say what is wrong with this installation; 1 if anything is."""
    findings = []
    for finding in _look():
        findings.append(finding)
        if not options.json:
            print(f"{WORDS[finding.level]:6}{finding.about:16}{finding.text}", flush=True)
    wrong = sum(finding.level == "wrong" for finding in findings)
    if options.json:
        checks = [finding._asdict() for finding in findings]
        print(json.dumps({"wrong": wrong, "checks": checks}, indent=2))
    else:
        things = (
            "1 thing is"
            if wrong == 1
            else f"{wrong or 'Nothing'} {'things are' if wrong else 'is'}"
        )
        print(f"\n{things} wrong.")
    return min(wrong, 1)


def _look() -> Iterator[Finding]:
    for checks in (computer, places, content, training, packages):
        try:
            yield from checks.check()
        except OSError as error:  # the others go on
            yield Finding("files", "wrong", explain(error))
