"""A principal that is the unique id of a user.

## What it does
Reports `AIDA...` ids under `Principal` and `NotPrincipal`.

## Why is this bad?
IAM saves the ARN of a user as its id, so that a user who is deleted and created again is not trusted by mistake. An id
in the text of a policy is therefore mostly the rest of a user who is gone, and nobody can see whose it was.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:user/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM identifiers: unique identifiers](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids)
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users)
- [Access Analyzer: Invalid user reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-invalid-user-reference)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.unique_ids import unique_ids


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from unique_ids(statement, "user")


RULE = Rule(
    "invalid-user-reference",
    Severity.WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT}),
)
