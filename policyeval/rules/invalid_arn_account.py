"""An ARN whose account is no account id.

## What it does
Reports ARNs whose fifth segment is neither twelve digits nor empty nor a wildcard. Taken for good are also the words
that stand there in ARNs of what AWS itself owns (`aws`, `aws-managed`, `cloudfront`, `amazon`, `third-party`), and any
text in those of `artifact`, `elasticbeanstalk` and `savingsplans`, which have other words there. An ARN with fewer than
six segments is `short-arn` or `missing-arn-field`.

## Why is this bad?
An account id is twelve digits, its leading zeros included. An ARN with another text for the account matches nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:12345678901:orders"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [Access Analyzer: Invalid ARN account](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-arn-account)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import ACCOUNT, SERVICE, all_arns
from policyeval.syntax.arn import is_account_id

NO_ACCOUNT = frozenset({"", "aws", "aws-managed", "cloudfront", "amazon", "third-party"})
"""What stands for the account in ARNs of resources that AWS itself owns, besides nothing.

Source: Service Authorization Reference; `cloudfront` is that of origin access identities.
"""
OTHER_NAMES = frozenset({"artifact", "elasticbeanstalk", "savingsplans"})
"""Services with resources whose ARNs have other words there (`arn:aws:savingsplans::offering:...`)."""


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for arn in all_arns(statement):
        account = arn.literal(ACCOUNT)
        if account is None or account in NO_ACCOUNT or is_account_id(account):
            continue
        if not arn.is_whole or arn.literal(SERVICE) in OTHER_NAMES:
            continue
        yield Remark(
            f"`{account}` is no account id",
            Where(arn.pointer, within=arn.within(ACCOUNT)),
            label=why(account),
            notes=("the ARN matches nothing",),
            help="an account id is twelve digits, leading zeros included",
        )


def why(account: str) -> str:
    if account.isascii() and account.isdigit():
        return f"{len(account)} digits, not twelve"
    return "not twelve digits"


RULE = Rule(
    "invalid-arn-account",
    Severity.ERROR,
    statement=check,
    about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION,
)
