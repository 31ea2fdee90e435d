"""The linter beside peers: every managed policy of AWS in one run, one large policy, one file from a cold start."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import workshop
from benchmarks.measuring import Measurement, check, seconds
from benchmarks.running import run_policyeval

LARGE = 1900
"""Statements of the large policy: just below the most that are read, and about a megabyte."""


def lint(*, full: bool) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policies = workshop.managed_policies()
        if policies:
            yield from _managed(policies, folder, repeats=5 if full else 3)
        yield _large(folder / "large.json")


def _managed(policies: dict[str, Any], folder: Path, repeats: int) -> Iterator[Measurement]:
    texts = {name: json.dumps(document, indent=2) for name, document in policies.items()}
    for name, text in texts.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    what = f"{len(texts):,} managed policies, every rule"
    found = _findings(folder)
    check(found["policies"] == len(texts), f"{found['policies']} of {len(texts)} policies were checked")
    times = {jobs: seconds(lambda jobs=jobs: _checked(folder, jobs), repeats) for jobs in (1, 2)}  # type: ignore[misc]
    size = sum(map(len, texts.values())) / 1e6
    yield Measurement("lint", f"{what}, 1 process", times[1], "s", f"{size:,.1f} MB; start-up included")
    yield Measurement("lint", f"{what}, 2 processes", times[2], "s", f"{found['count']:,} findings")
    peer = workshop.ask_python_peer("parliament", {"texts": texts})
    if peer is not None:
        read = {name for name in texts if name not in peer["failed"]}
        digest = hashlib.sha256("".join(texts[name] for name in sorted(read)).encode()).hexdigest()
        check(peer["digest"] == digest, "parliament was given other texts")
        note = (
            f"{peer['seconds'] / times[1]:.1f} and {peer['seconds'] / times[2]:.1f} times as long; "
            f"{peer['findings']:,} findings; it fails on {len(peer['failed']):,} of the policies"
        )
        yield Measurement("lint", "parliament, the same texts", peer["seconds"], "s", note)


def _large(path: Path) -> Measurement:
    statements = [
        {
            "Sid": f"Team{number}",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": [f"arn:aws:s3:::team-{number}-data/{part}/*" for part in ("in", "out", "done", "archive")],
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"team-{number}"}},
        }
        for number in range(LARGE)
    ]
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2), encoding="utf-8")
    size = path.stat().st_size / 1e6
    arguments = ["check", "--fail-on", "never", str(path)]
    check(run_policyeval(arguments).returncode == 0, "the large policy was not checked")
    taken = seconds(lambda: run_policyeval(arguments), 3)
    return Measurement("lint", f"one policy of {LARGE:,} statements", taken, "s", f"{size:,.1f} MB")


def _findings(folder: Path) -> dict[str, int]:
    ran = run_policyeval(["check", "--format", "json", "--fail-on", "never", str(folder)])
    answer = json.loads(ran.stdout)
    return {"policies": answer["summary"]["policies"], "count": len(answer["findings"])}


def _checked(folder: Path, jobs: int) -> None:
    ran = run_policyeval(["check", "--fail-on", "never", "--jobs", str(jobs), str(folder)])
    check(ran.returncode == 0, ran.stderr)
