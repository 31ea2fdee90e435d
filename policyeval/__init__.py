"""Check AWS IAM policies and simulate what they decide, without AWS.

>>> from policyeval import Policy, Request, Simulator
>>> policy = Policy.parse({
...     "Version": "2012-10-17",
...     "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/${aws:username}/*"},
... })
>>> simulator = Simulator(identity=[policy])
>>> alice = "arn:aws:iam::111122223333:user/alice"
>>> simulator.decide(Request(alice, "s3:GetObject", "arn:aws:s3:::reports/alice/may.csv"))
'allowed'
>>> simulator.decide(Request(alice, "s3:GetObject", "arn:aws:s3:::reports/bob/may.csv"))
'implicitDeny'

Names are imported when they are first used, so that `import policyeval` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policyeval.account.account import Account as Account
    from policyeval.errors import PolicyevalError as PolicyevalError
    from policyeval.evaluation.request import Principal as Principal
    from policyeval.evaluation.request import Request as Request
    from policyeval.evaluation.request import Resource as Resource
    from policyeval.evaluation.simulator import Simulator as Simulator
    from policyeval.evaluation.trace import Decision as Decision
    from policyeval.evaluation.trace import Result as Result
    from policyeval.linter import check as check
    from policyeval.policy.kind import PolicyKind as PolicyKind
    from policyeval.policy.model import Policy as Policy

_HOMES = {
    "Account": "policyeval.account.account",
    "Decision": "policyeval.evaluation.trace",
    "Policy": "policyeval.policy.model",
    "PolicyKind": "policyeval.policy.kind",
    "PolicyevalError": "policyeval.errors",
    "Principal": "policyeval.evaluation.request",
    "Request": "policyeval.evaluation.request",
    "Resource": "policyeval.evaluation.request",
    "Result": "policyeval.evaluation.trace",
    "Simulator": "policyeval.evaluation.simulator",
    "check": "policyeval.linter",
}
__all__ = [
    "Account",
    "Decision",
    "Policy",
    "PolicyKind",
    "PolicyevalError",
    "Principal",
    "Request",
    "Resource",
    "Result",
    "Simulator",
    "check",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `policyeval` has no attribute `{name}`")
    return getattr(importlib.import_module(home), name)
