"""An ARN of fewer than six segments that matches nothing.

## What it does
Reports ARNs with fewer than six parts between colons where AWS matches nothing by them: in conditions with an ARN
operator, in resource policies when they hold no wildcard, and wherever a name has come to stand where a Region or an
account belongs (`arn:aws:s3:team-logs`). A short ARN that matches more than it seems to is `short-arn`.

## Why is this bad?
An ARN has six parts: `arn`, partition, service, Region, account and resource. The colons stay where a part is empty,
as in `arn:aws:s3:::team-logs`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:s3:team-logs"}}
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
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:s3:::team-logs"}}
  }
}
```

## Fix safety
Not safe: the statement then speaks of something, and begins to have an effect.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Missing ARN field](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-arn-field)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.partitions import looks_like_region
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import NEVER_PADDED, PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import ACCOUNT, REGION, WrittenArn, all_arns
from policyeval.syntax.arn import is_account_id
from policyeval.syntax.wildcard import has_wildcard


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in all_arns(statement):
        if arn.is_whole or not matches_nothing(arn, context.kind):
            continue
        count = len(arn.segments)
        what = "this resource" if arn.is_resource else "this value"
        better = whole(arn)
        misplaced = misplaced_name(arn)
        yield Remark(
            f"`{arn.text}` has {count} of the six segments of an ARN",
            Where(arn.pointer),
            label=f"{count} segments",
            notes=(
                f"AWS compares segment by segment, so {what} matches nothing"
                + (f": `{misplaced[1]}` stands for the {misplaced[0]}" if misplaced else ""),
            ),
            help="the form is `arn:partition:service:region:account:resource`; empty segments keep their colons"
            + (f": did you mean `{better}`?" if better else ""),
            fix=Fix(f"write `{better}`", (ReplaceText(arn.pointer, better),)) if better else None,
        )


def matches_nothing(arn: WrittenArn, kind: PolicyKind) -> bool:
    if arn.is_resource:
        return misplaced_name(arn) is not None or (kind in NEVER_PADDED and not has_wildcard(arn.text))
    return arn.element not in ("Principal", "NotPrincipal") and not arn.segments[-1].endswith("*")


def misplaced_name(arn: WrittenArn) -> tuple[str, str] | None:
    """What stands in the place of the Region or the account and can be neither."""
    if has_wildcard(":".join(arn.segments[:-1])):
        return None  # nobody knows how far an inner wildcard goes: `short-arn`
    region, account = arn.literal(REGION), arn.literal(ACCOUNT)
    if region and not looks_like_region(region):
        return "Region", region
    if account and not is_account_id(account) and account != "aws":
        return "account", account
    return None


def whole(arn: WrittenArn) -> str | None:
    """The ARN with the colons that were left out, of services whose ARNs have no Region, or no account either."""
    _, partition, service, *rest = (*arn.segments, "", "")[: max(len(arn.segments), 3)]
    if service == "s3" and rest and rest[-1] and not any(rest[:-1]):
        return f"arn:{partition}:s3:::{rest[-1]}"
    if service == "iam" and len(rest) == 2 and is_account_id(rest[0]) and rest[1]:
        return f"arn:{partition}:iam::{rest[0]}:{rest[1]}"
    return None


RULE = Rule(
    "missing-arn-field",
    Severity.ERROR,
    statement=check,
    about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION,
    silences={
        "short-arn": Reach.PLACE,
        "invalid-arn-account": Reach.PLACE,
        "invalid-arn-region": Reach.PLACE,
        "arn-region-not-allowed": Reach.PLACE,
        "arn-account-not-allowed": Reach.PLACE,
        "no-resource-fits-action": Reach.STATEMENT,
    },
)
