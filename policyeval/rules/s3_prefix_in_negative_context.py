"""A prefix that must not be listed, where a shorter prefix lists the same objects.

## What it does
Reports, for actions that list a bucket, a Deny of certain values of `s3:prefix` (`StringEquals`, `StringLike`) and an
Allow of all but certain values (`StringNotEquals`, `StringNotLike`). An Allow that fixes `s3:delimiter` too is left
alone, and so are values that no other prefix gets around: the empty one and `*`.

## Why is this bad?
`s3:prefix` is what the caller types, not what the answer holds. A listing of the prefix `home/`, or of no prefix at
all, returns the names below `home/private/` as well, and neither is a value that the condition knows.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringLike": {"s3:prefix": "home/private/*"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringNotLike": {"s3:prefix": ["home/public/*", "reports/*"]}}
  }
}
```

## References
- [Bucket policy examples using condition keys](https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html)
- [Access Analyzer: S3 prefix in negative context](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-s3-prefix-in-negative-context)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.named_actions import NamedActions, named_actions
from policyeval.rules.operator_edits import block_of

LISTINGS = ("s3:ListBucket", "s3:ListBucketVersions")
"""The actions that carry the key (Service Authorization Reference, list_amazons3)."""


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        operator = condition.operator
        if condition.key.lower() != "s3:prefix" or operator.family != "String":
            continue
        allows = statement.effect == "Allow"
        if operator.is_negated != allows or (allows and fixes_delimiter(statement)):
            continue
        kept = [value.text for value in condition.values if value.text.strip("*")]
        listings = named_actions(statement, LISTINGS)
        if kept and listings:
            yield remark(statement, condition, kept, listings)


def fixes_delimiter(statement: Statement) -> bool:
    """Whether a listing ends at a delimiter, so that names further down stay out of it."""
    return any(
        condition.key.lower() == "s3:delimiter"
        and condition.operator.positive == condition.operator.base
        and condition.operator.family == "String"
        and not condition.operator.if_exists
        for condition in statement.conditions
    )


def shorter_prefix(value: str) -> str:
    """A prefix above the one that a value names, or nothing when only no prefix at all is.

    >>> shorter_prefix("home/private/*"), shorter_prefix("home/private"), shorter_prefix("private/")
    ('home/', 'home/', '')
    """
    plain = value.rstrip("*").rstrip("/")
    head, slash, _ = plain.rpartition("/")
    return head + slash if not set(head) & set("*?$") else ""


def remark(statement: Statement, condition: Condition, kept: list[str], listings: list[NamedActions]) -> Remark:
    allows = statement.effect == "Allow"
    shorter = shorter_prefix(kept[0])
    above = f"the prefix `{shorter}`" if shorter else "no prefix"
    verb = "allowed" if allows else "not denied"
    opposite = condition.operator.written
    if "Not" in opposite:
        opposite = opposite.replace("Not", "", 1)
    else:
        opposite = opposite.replace("String", "StringNot", 1)
    return Remark(
        f"a listing of {above} is {verb}, and shows what is below `{kept[0]}`",
        Where(condition.pointer, on_key=True),
        label="what the caller types, not what is shown",
        related=(
            Label(
                Where(block_of(condition), on_key=True),
                f"{'allows' if allows else 'leaves open'} every prefix but these",
            ),
            *(Label(Where(each.pointer), each.label("lists names")) for each in listings[:1] if each.is_pattern),
        ),
        help=f"name the prefixes that may be listed, with `{opposite}`",
    )


RULE = Rule("s3-prefix-in-negative-context", Severity.SECURITY_WARNING, statement=check, about=Topic.CONDITION)
