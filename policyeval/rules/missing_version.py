"""A policy without a `Version`.

## What it does
Reports a document that has no `Version`. Service control policies and resource control policies must have one, and
the finding is then an error.

## Why is this bad?
Without it AWS takes `2008-10-17`, in which policy variables mean nothing: `${aws:username}` in such a policy is those
fifteen characters. (A page of AWS says that the default is the current version; it is not.)

## Example
```json
{
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Fix safety
Safe where no text holds `${`. Otherwise not: the variables begin to stand for their values, which is what they were
written for.

## References
- [IAM JSON policy elements: Version](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html)
- [Access Analyzer: Missing version](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-missing-version)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, InsertMember
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import CURRENT_VERSION, Policy
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.written_text import texts_with_variables
from policyeval.source import child


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    if policy.version is not None or policy.kind.elements.requires_current_version or not policy.statements:
        return
    if policy.source is not None and '"Version"' in policy.source.text and _has_version(policy):
        return
    uses_variables = any("${" in text.text for statement in policy for text in texts_with_variables(statement))
    first = "Id" if policy.id is not None else "Statement"
    meaning = ", in which its variables begin to count" if uses_variables else ""
    yield Remark(
        "the policy has no `Version`",
        Where(policy.pointer, within=None),
        notes=("AWS then takes `2008-10-17`, which has no policy variables",),
        help=f'add `"Version": "{CURRENT_VERSION}"`',
        fix=Fix(
            f"add the version `{CURRENT_VERSION}`{meaning}",
            (InsertMember(policy.pointer, "Version", CURRENT_VERSION, before=first),),
            safe=not uses_variables,
        ),
    )


def _has_version(policy: Policy) -> bool:
    """Whether a `Version` stands there that could not be read."""
    source = policy.source
    if source is None:
        return False
    place = child(policy.pointer, "Version")
    return Where(place).find(source) != Where(policy.pointer).find(source)


RULE = Rule("missing-version", Severity.WARNING, policy=check)
