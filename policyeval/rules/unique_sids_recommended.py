"""Two statements of a resource policy with one `Sid`.

## What it does
Reports a `Sid` that is also that of an earlier statement, in the kinds of policy for which AWS does not ask that they
be unique: resource policies, role trust policies and VPC endpoint policies.

## Why is this bad?
A `Sid` is there to name a statement: in reviews, in audit reports, and for tools that add and remove statements by it.
Some services refuse the second one.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Partner",
      "Effect": "Allow",
      "Principal": {"AWS": "111122223333"},
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::team-logs"
    },
    {
      "Sid": "Partner",
      "Effect": "Allow",
      "Principal": {"AWS": "111122223333"},
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::team-logs/*"
    }
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "PartnerLists",
      "Effect": "Allow",
      "Principal": {"AWS": "111122223333"},
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::team-logs"
    },
    {
      "Sid": "PartnerReads",
      "Effect": "Allow",
      "Principal": {"AWS": "111122223333"},
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::team-logs/*"
    }
  ]
}
```

## Fix safety
Unsafe: nothing else is allowed with another `Sid`, but whoever refers to the statement by its name misses it.

## References
- [IAM JSON policy elements: Sid](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html)
- [Access Analyzer: Unique Sids recommended](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-unique-sids-recommended)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    first: dict[str, Statement] = {}
    taken = {statement.sid for statement in policy}
    for statement in policy:
        sid = statement.sid
        if not sid or first.setdefault(sid, statement) is statement:
            continue
        place = statement.element("Sid")
        fresh = next(name for name in (f"{sid}{number}" for number in count(2)) if name not in taken)
        taken.add(fresh)
        yield Remark(
            f"two statements have the Sid `{sid}`",
            Where(place),
            label="taken",
            related=(Label(Where(first[sid].element("Sid")), "first here"),),
            help="name every statement for what it does",
            fix=Fix(f"write `{fresh}`", (ReplaceText(place, fresh),)),
        )


RULE = Rule(
    "unique-sids-recommended",
    Severity.WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT}),
)
