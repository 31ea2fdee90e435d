"""A secret named without the six characters that its ARN ends in.

## What it does
Reports ARNs of secrets in `Resource` and `NotResource` that hold no wildcard and do not end in a hyphen and six letters
or digits.

## Why is this bad?
Secrets Manager adds them when a secret is made, so that a new secret of an old name is not the old one. An ARN is
compared as a whole: without them it is the ARN of no secret, and the statement has no effect on it.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "secretsmanager:GetSecretValue",
    "Resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/database"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "secretsmanager:GetSecretValue",
    "Resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/database-??????"
  }
}
```

## Fix safety
Not safe: the statement begins to have an effect on the secret.

## References
- [AWS Secrets Manager: permissions policy examples](https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html)
- [AWS Secrets Manager: what is in a secret](https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import RESOURCE, SERVICE, resource_arns

HEAD = "secret:"
SUFFIX = re.compile(r"-[A-Za-z0-9]{6}", re.ASCII)


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for arn in resource_arns(statement):
        if not arn.is_whole or arn.literal(SERVICE) != "secretsmanager":
            continue
        name = (arn.literal(RESOURCE) or "").removeprefix(HEAD)
        if name == (arn.literal(RESOURCE) or "") or not name or SUFFIX.fullmatch(name[-7:]):
            continue
        start, end = arn.within(RESOURCE)
        whole = f"{name}-??????"
        yield Remark(
            f"the ARN of the secret `{name}` ends in six more characters",
            Where(arn.pointer, within=(start + len(HEAD), end)),
            label="without them it is the ARN of no secret",
            notes=("a hyphen and six letters or digits are added to every secret's name when it is made",),
            help=f"write `{whole}`, or the secret's whole ARN",
            fix=Fix(
                f"write `{whole}`, so that the ARN matches",
                (ReplaceText(arn.pointer, whole, (start + len(HEAD), end)),),
            ),
        )


RULE = Rule("secret-without-suffix", Severity.WARNING, statement=check, about=Topic.SOME_RESOURCE)
