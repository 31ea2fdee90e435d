"""An action that another entry of the same list covers.

## What it does
Reports entries of `Action` and `NotAction` that repeat another, that another pattern of the list covers
(`s3:GetObject` beside `s3:Get*`), and patterns whose every action the rest of the list names.

Entries that match no action are `invalid-action`.

## Why is this bad?
The entry does nothing. Whoever later takes the wider one out believes the action gone, and whoever takes the narrower
one out believes the same, wrongly.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:Get*", "s3:GetObject", "s3:PutObject"],
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
    "Action": ["s3:Get*", "s3:PutObject"],
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Fix safety
Safe: the list matches the same actions without the entry. A pattern whose actions are named one by one is not mended,
since only the pattern covers what AWS adds later.

## References
- [IAM JSON policy elements: Action](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)
- [Access Analyzer: Redundant action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-action)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.cover import covering, covers, redundancy
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.wildcard import has_wildcard


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for entries in (statement.actions, statement.not_actions):
        if entries is None or len(entries) < 2:
            continue
        able = tuple(entry for entry in entries if is_well_formed(entry.text))
        found = dict(covering(able, covers, str.lower))
        for entry, other in found.items():
            yield redundancy(entry, other, "an entry", str.lower)
        for entry in named_one_by_one([entry for entry in able if entry not in found], context):
            yield spelled_out(entry)


def named_one_by_one(entries: list[Entry], context: RuleContext) -> Iterator[Entry]:
    """The patterns whose every action some other entry matches, though no single one covers the pattern."""
    of_service: dict[str, list[Entry]] = {}
    for entry in entries:
        of_service.setdefault(entry.text.partition(":")[0].lower(), []).append(entry)
    for entry in entries:
        service, colon, _ = entry.text.partition(":")
        others = of_service[service.lower()]
        if not colon or len(others) < 2 or not has_wildcard(entry.text):
            continue
        actions = {action.lower() for action in context.expand(entry.text)}
        left = actions.difference(other.text.lower() for other in others)
        patterns = [compile_action(other.text) for other in others if other is not entry and has_wildcard(other.text)]
        if actions and all(any(matches(action) for matches in patterns) for action in left):
            yield entry


def spelled_out(entry: Entry) -> Remark:
    return Remark(
        f"every action of `{entry.text}` is named by other entries of the list",
        Where(entry.pointer),
        label="redundant, today",
        notes=("only the pattern will cover an action of such a name that AWS adds later",),
        help="keep either the pattern or the names",
    )


RULE = Rule("redundant-action", Severity.SUGGESTION, statement=check, about=Topic.SEVERAL_ACTIONS)
