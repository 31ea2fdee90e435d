"""A value that should be a Region and is none.

## What it does
Reports values of `aws:RequestedRegion`, and of the keys of services that hold a Region, that are no Region, and
patterns that no Region fits.

## Why is this bad?
AWS takes any text. An Allow for a misspelt Region gives nothing there; a Deny of everything outside of a misspelt
Region denies everything.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:CreateBucket",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-centrl-1"]}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:CreateBucket",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}
  }
}
```

## Fix safety
Not safe: requests in that Region begin to match.

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [AWS service endpoints](https://docs.aws.amazon.com/general/latest/gr/rande.html)
- [Access Analyzer: Invalid region](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-region)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.partitions import regions
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.region_names import did_you_mean_region, may_be_region
from policyeval.syntax.wildcard import has_wildcard, literal_head, matches

REGION_KEYS = frozenset(
    {
        "aws:requestedregion",
        "account:targetregion",
        "cloudformation:targetregion",
        "ec2:region",
        "kms:primaryregion",
        "kms:replicaregion",
        "s3:destinationregion",
        "secretsmanager:addreplicaregions",
        "ses:replicaregion",
    }
)
"""Lower-cased keys whose values are Regions.

Source: Service Authorization Reference; IAM User Guide, reference_policies_condition-keys.
"""


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if condition.key.lower() not in REGION_KEYS or condition.operator.family != "String":
            continue
        likes = "Like" in condition.operator.base
        for value in condition.values:
            text = value.text.lower() if "IgnoreCase" in condition.operator.base else value.text
            if "$" in text or (has_wildcard(text) and not likes):
                continue
            if any(matches(text, region) for region in regions()) if has_wildcard(text) else may_be_region(text):
                continue
            if has_wildcard(text) and literal_head(text) == "":
                continue
            best = None if has_wildcard(text) else did_you_mean_region(text)
            yield Remark(
                f"no Region fits `{value.text}`" if has_wildcard(text) else f"`{value.text}` is no Region",
                Where(value.pointer),
                label="no Region of AWS",
                help=f"did you mean `{best}`?" if best else "write the Region's code, such as `eu-west-1`",
                fix=Fix(f"write `{best}`, so that the value matches", (ReplaceText(value.pointer, best),))
                if best
                else None,
            )


RULE = Rule("invalid-region", Severity.ERROR, statement=check, about=Topic.CONDITION)
