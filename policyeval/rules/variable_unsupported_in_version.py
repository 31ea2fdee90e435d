"""Policy variables in a version of the language that has none.

## What it does
Reports policy variables in a document whose `Version` is missing or `2008-10-17`.

## Why is this bad?
Without `"Version": "2012-10-17"` AWS takes `${aws:username}` literally. Resources of that name do not exist, so an
Allow gives nothing and a Deny forbids nothing.

## Example
```json
{
  "Version": "2008-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-home/${aws:username}/*"
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
    "Resource": "arn:aws:s3:::team-home/${aws:username}/*"
  }
}
```

## Fix safety
Not safe: the variables get values, and the statements that hold them begin to match.

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [IAM JSON policy elements: Version](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html)
- [Access Analyzer: Variable unsupported in version](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-variable-unsupported-in-version)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, InsertMember, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import CURRENT_VERSION, OLD_VERSION, Entry, Policy, Statement
from policyeval.rules.contract import EVERY_KIND, Reach, Remark, Rule, RuleContext, Topic
from policyeval.source import child
from policyeval.syntax.variable import Variable, parse_template

SHOWN = 3


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    if policy.version not in (None, OLD_VERSION):
        return
    places = [place for statement in policy for place in variables(statement)]
    if not places:
        return
    version = child(policy.pointer, "Version")
    old = policy.version is not None
    edit = (
        ReplaceText(version, CURRENT_VERSION)
        if old
        else InsertMember(policy.pointer, "Version", CURRENT_VERSION, before="Statement")
    )
    related = [Label(place, "and here") for place in places[1 : SHOWN + 1]]
    if old:
        related.append(Label(Where(version), "has no variables"))
    yield Remark(
        f"the policy's version, `{policy.version}`, has no variables"
        if old
        else "the policy has no `Version`, and so no variables",
        places[0],
        label="taken literally",
        related=tuple(related),
        notes=(f"{len(places)} variables of the policy are plain text",) if len(places) > SHOWN + 1 else (),
        help=f'use `"Version": "{CURRENT_VERSION}"`',
        fix=Fix(f"write version {CURRENT_VERSION}, in which the variables get their values", (edit,)),
    )


def variables(statement: Statement) -> Iterator[Where]:
    """The places of what would be variables in the current version."""
    values = (
        value
        for condition in statement.conditions
        if condition.operator.family in ("String", "Arn")
        for value in condition.values
    )
    for entry in (*(statement.resources or ()), *(statement.not_resources or ()), *values):
        yield from variables_in(entry)


def variables_in(entry: Entry) -> Iterator[Where]:
    at = 0
    for part in parse_template(entry.text):
        if isinstance(part, Variable) and ":" in part.key:
            start = entry.text.index("${" + part.key, at)
            at = entry.text.index("}", start) + 1
            yield Where(entry.pointer, within=(start, at))


RULE = Rule(
    "variable-unsupported-in-version",
    Severity.ERROR,
    policy=check,
    kinds=EVERY_KIND - {PolicyKind.SCP, PolicyKind.RCP},
    about=Topic.VARIABLE,
    silences={"missing-version": Reach.POLICY, "outdated-version": Reach.POLICY},
)
