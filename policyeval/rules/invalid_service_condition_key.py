"""A condition key that its service does not have.

## What it does
Reports keys of a known service that AWS does not list for it, in conditions and in policy variables. Keys that AWS
uses in its own policies without listing them are left alone.

## Why is this bad?
AWS takes the policy, and no request ever carries the key. A condition on it is never true, or, with a negated
operator or `IfExists`, always. Keys of one service do not work for another: a tag of an instance is
`ec2:ResourceTag/...` or `aws:ResourceTag/...`, never `s3:ResourceTag/...`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringLike": {"s3:Prefixes": "2026/*"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringLike": {"s3:prefix": "2026/*"}}
  }
}
```

## Fix safety
Not safe: the condition begins to depend on the request.

## References
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Invalid service condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-service-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.catalog import Service
from policyeval.catalog.global_keys import did_you_mean_global_key, global_key
from policyeval.catalog.key_lists import undocumented_keys
from policyeval.catalog.key_template import is_template
from policyeval.catalog.retired import retired_service
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.tag_keys import lacks_service_tag_key
from policyeval.rules.written_keys import absence, written_keys
from policyeval.vocabulary import nearest


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for written in written_keys(statement, context.policy):
        service = context.catalog.service(written.prefix) if written.prefix else None
        if service is None or written.prefix == "aws" or retired_service(written.prefix) is not None:
            continue
        key = written.key
        if context.catalog.condition_key(key) is not None or global_key(key) is not None or lacks_service_tag_key(key):
            continue
        if key.lower() in undocumented_keys():
            continue
        best = did_you_mean_key(key, service)
        yield Remark(
            f"`{key}` is no condition key of {service.name}",
            written.where,
            label=f"`{service.prefix}` has no such key",
            notes=(absence(written), f"this relies on AWS's list of keys as of {context.catalog.date}"),
            help=f"did you mean `{best}`?" if best else None,
            fix=Fix(f"write `{best}`, which requests do carry", (written.rename(best),)) if best else None,
        )


def did_you_mean_key(key: str, service: Service) -> str | None:
    """The key of the service that was most likely meant; else the global key with the same name."""
    head, slash, tag = key.partition("/")
    names = [entry.name for entry in service.condition_keys.values() if not entry.name.lower().startswith("aws:")]
    best = nearest(head, [name.partition("/")[0] if is_template(name) else name for name in names], cutoff=0.8)
    if best is not None:
        return f"{best}/{tag}" if slash and best not in names else best if best in names else None
    everywhere = f"aws:{key.partition(':')[2]}"
    return everywhere if global_key(everywhere) is not None else did_you_mean_global_key_of(everywhere)


def did_you_mean_global_key_of(key: str) -> str | None:
    """A global key only when nothing but a few letters differ."""
    best = did_you_mean_global_key(key)
    return best if best is not None and nearest(key, [best], cutoff=0.92) else None


RULE = Rule("invalid-service-condition-key", Severity.ERROR, statement=check, about=Topic.CONDITION | Topic.VARIABLE)
