"""Whole commands from a cold start, beside what peers take to say their version."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import workshop
from benchmarks.measuring import Measurement, check, seconds
from benchmarks.running import ROOT, run, run_policyeval

GUIDE = str(ROOT / "fixtures" / "guide" / "account.yaml")
CLEAN = str(ROOT / "fixtures" / "ok" / "actions" / "every-case-of-letters.json")
COMMANDS = (
    ("policyeval --version", ["--version"], 0),
    ("policyeval check, one clean file", ["check", CLEAN], 0),
    ("policyeval check, one file and its findings", ["check", str(ROOT / "fixtures" / "guide" / "power-user.json")], 1),
    ("policyeval expand 's3:Get*'", ["expand", "s3:Get*"], 0),
    ("policyeval permissions dave", ["permissions", "dave", "--account", GUIDE], 0),
    ("policyeval simulate alice iam:CreateUser", ["simulate", "alice", "iam:CreateUser", "--account", GUIDE], 1),
)
PEERS = ("parliament", "iam-validator")


def start(*, full: bool) -> Iterator[Measurement]:
    del full
    taken = {}
    for name, arguments, status in COMMANDS:
        ran = run_policyeval(arguments)
        check(ran.returncode == status, f"{name}: {ran.stderr}")
        taken[name] = seconds(lambda arguments=arguments: run_policyeval(arguments), 7)  # type: ignore[misc]
        yield Measurement("start", name, taken[name], "s")
    for peer in PEERS:
        program = workshop.peer_program(peer)
        if program is not None:
            its_own = seconds(lambda program=program: run([program, "--version"]), 5)  # type: ignore[misc]
            ratio = its_own / taken[COMMANDS[1][0]]
            yield Measurement(
                "start", f"{peer} --version", its_own, "s", f"{ratio:.1f} times a check of one clean file"
            )
