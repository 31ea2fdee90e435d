"""A session of a role, trusted beside the role itself.

## What it does
Reports the ARN of an assumed-role session in the `Principal` of a role trust policy whose statement also names the role
of that session.

## Why is this bad?
The role stands for all of its sessions. Whoever reads the session's name thinks that only this one is trusted.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {
      "AWS": [
        "arn:aws:iam::111122223333:role/deploy",
        "arn:aws:sts::111122223333:assumed-role/deploy/pipeline"
      ]
    },
    "Action": "sts:AssumeRole"
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"},
    "Action": "sts:AssumeRole"
  }
}
```

## Fix safety
Unsafe: in the role's own account a policy that names the session itself also lets it in when a permissions boundary or
session policy of that session does not allow the call. Without the session's ARN such a call is denied.

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session)
- [Access Analyzer: Redundant principal in role trust policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-principal-in-role-trust-policy)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.syntax.arn import split_arn


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    entries = statement.principals or ()
    roles = {_role(entry.text, "iam", "role"): entry for entry in entries}
    for entry in entries:
        session = _role(entry.text, "sts", "assumed-role")
        if session is None or session not in roles:
            continue
        role = roles[session]
        yield Remark(
            f"`{role.text}` already stands for this session",
            Where(entry.pointer),
            label="one session of the role",
            related=(Label(Where(role.pointer), "all of its sessions"),),
            help="remove the session, or the role if only this session is meant",
            fix=Fix(f"remove `{entry.text}`", (Remove(entry.pointer),)),
        )


def _role(arn: str, service: str, kind: str) -> tuple[str, str, str] | None:
    """Partition, account and name of the role that an ARN speaks of: sessions do not show the path of their role."""
    segments = split_arn(arn)
    if len(segments) != 6 or segments[2] != service:
        return None
    found, *path = segments[5].split("/")
    if found != kind or not path:
        return None
    return segments[1], segments[4], path[-1] if kind == "role" else path[0]


RULE = Rule(
    "redundant-principal-in-role-trust-policy",
    Severity.SUGGESTION,
    statement=check,
    kinds=frozenset({PolicyKind.TRUST}),
)
