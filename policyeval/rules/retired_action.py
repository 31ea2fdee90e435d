"""An action that AWS retired, or of a service that AWS retired.

## What it does
Reports action entries of services that ended, and actions that others replaced: `aws-portal:*` gave way to actions of
nine services in 2023. A Deny that leaves the successors allowed is a security warning. Entries that name no service,
such as `*`, are not reported.

## Why is this bad?
Nothing asks for a retired action any more. What an Allow gave by it is no longer given, and, worse, what a Deny kept
people out of is open again, though the policy reads as it always did.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["billing:*", "sqs:*"], "Resource": "*"},
    {"Effect": "Deny", "Action": "aws-portal:*", "Resource": "*"}
  ]
}
```

```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "aws-portal:ViewUsage", "Resource": "*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "cur:GetUsageReport", "Resource": "*"}
}
```

## Fix safety
Not safe: the statement begins to speak of the successors.

## References
- [Mapping fine-grained IAM actions for billing](https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/migrate-granularaccess-iam-mapping-reference.html)
- [AWS services by end of support](https://docs.aws.amazon.com/general/latest/gr/full_shutdown.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policyeval.catalog.retired import retired_actions_in, retired_service, successors
from policyeval.diagnostics.fix import Fix, ReplaceValue
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Policy, Statement
from policyeval.rules.action_entries import ActionEntry, action_entries
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.wording import listed
from policyeval.syntax.wildcard import has_wildcard

_MOST_WRITTEN = 12
"""More successors than these are denied by the service, and not allowed by a fix."""


class _Retired(NamedTuple):
    """The entries of a statement that one service or action retired, and what a person may be told of it."""

    entries: list[ActionEntry]
    name: str
    date: str | None
    services: tuple[str, ...]


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    for statement in policy:
        for retired in retired_in(statement):
            yield remark(statement, retired, context)


def retired_in(statement: Statement) -> Iterator[_Retired]:
    by_prefix: dict[str, _Retired] = {}
    for entry in action_entries(statement):
        prefix = entry.prefix.lower()
        if not prefix or has_wildcard(prefix):
            continue
        service = retired_service(prefix)
        if service is not None:
            of_service = _Retired([], service.name, service.date, service.successors)
            by_prefix.setdefault(prefix, of_service).entries.append(entry)
        elif not has_wildcard(entry.text):
            found = retired_actions_in(entry.text)
            if found:
                yield _Retired([entry], f"`{found[0].action}`", found[0].date, ())
    yield from by_prefix.values()


def remark(statement: Statement, retired: _Retired, context: RuleContext) -> Remark:
    first, *others = retired.entries
    actions = tuple(sorted({name for entry in retired.entries for name in successors(entry.text)}))
    services = tuple(dict.fromkeys(name.partition(":")[0] for name in actions)) or retired.services
    when = f" in {retired.date}" if retired.date else ""
    notes = [f"AWS retired {retired.name}{when}; {_effect(statement, first)}"]
    replaced = (
        f"replaced by {listed(f'`{name}`' for name in actions)}"
        if len(actions) <= 4
        else (f"replaced by {len(actions)} actions of {listed(f'`{name}`' for name in services)}")
    )
    if not actions:
        replaced = f"AWS points to {listed(f'`{name}`' for name in services)} instead" if services else ""
    related = tuple(Label(Where(entry.pointer), "retired too") for entry in others[:3])
    left = still_allowed(context.policy, statement, actions, context) if first.element == "Action" else None
    if left is not None:
        allowed, by = left
        one = listed(f"`{name}`" for name in _shown(allowed))
        related = (*related, *((Label(Where(by.pointer), "allowed by this statement"),) if by is not None else ()))
        return Remark(
            f"denying `{first.text}` no longer denies what replaced it",
            Where(first.pointer),
            label=f"retired{when}, {replaced}",
            related=related,
            notes=(
                *notes,
                f"the policy leaves {len(allowed)} of the {len(actions)} successors "
                f"{'allowed' if by is not None else 'alone'}, among them {one}",
            ),
            help=f"deny the actions of {listed(f'`{name}`' for name in services)} too",
            fix=_fix(statement, retired, actions, services),
            severity=Severity.SECURITY_WARNING,
        )
    more = f" and {len(others)} more of `{first.prefix}`" if others else ""
    return Remark(
        f"action `{first.text}`{more} is retired" if not others else f"actions `{first.text}`{more} are retired",
        Where(first.pointer),
        label=replaced or f"retired{when}",
        related=related,
        notes=tuple(notes),
        help="write the actions that replaced it" if actions else "take it out",
        fix=_fix(statement, retired, actions, services),
        # Nothing hangs on what it leaves out.
        severity=Severity.SUGGESTION if first.element == "NotAction" else None,
    )


def _shown(actions: tuple[str, ...]) -> tuple[str, ...]:
    """A few of the actions, those that change something first."""
    from policyeval.catalog.catalog import catalog

    def reads(name: str) -> bool:
        action = catalog().action(name)
        return action is None or bool({"List", "Read"} & set(action.access_levels))

    return tuple(sorted(actions, key=lambda name: (reads(name), name))[:3])


def _effect(statement: Statement, entry: ActionEntry) -> str:
    if entry.element == "NotAction":
        return "no request asks for it, and nothing is left out by it"
    return "no request asks for it, so nothing is " + (
        "allowed by it" if statement.effect == "Allow" else "denied by it"
    )


def still_allowed(
    policy: Policy, deny: Statement, actions: tuple[str, ...], context: RuleContext
) -> tuple[tuple[str, ...], Statement | None] | None:
    """The successors that a Deny was to forbid and the policy lets pass, and the Allow that does.

    A policy of nothing but Denies leaves them to whatever else applies. Nothing when there are none.
    """
    if deny.effect != "Deny" or not actions:
        return None
    denied = {name for statement in policy if statement.effect == "Deny" for name in context.actions(statement)}
    left = tuple(name for name in actions if name.lower() not in denied)
    allows = [statement for statement in policy if statement.effect == "Allow"]
    if not left:
        return None
    if not allows:
        return left, None
    for statement in allows:
        passed = context.actions(statement)
        found = tuple(name for name in left if name.lower() in passed)
        if found:
            return found, statement
    return None


def _fix(statement: Statement, retired: _Retired, actions: tuple[str, ...], services: tuple[str, ...]) -> Fix | None:
    """A fix that writes the successors instead; nothing for an Allow of more than a few, which a person should pick."""
    if not actions or retired.entries[0].element == "NotAction" or statement.actions is None:
        return None
    if len(actions) > _MOST_WRITTEN:
        if statement.effect == "Allow":
            return None
        written = tuple(f"{service}:*" for service in services)
    else:
        written = actions
    gone = {entry.pointer for entry in retired.entries}
    kept = [entry.text for entry in statement.actions if entry.pointer not in gone]
    value = [*kept, *(name for name in written if name not in kept)]
    what = f"{len(written)} actions" if len(written) > 1 else f"`{written[0]}`"
    verb = "allowed" if statement.effect == "Allow" else "denied"
    if len(actions) > _MOST_WRITTEN:
        what = f"all actions of {len(services)} services"
    return Fix(
        f"write {what} instead, which {'is' if len(written) == 1 else 'are'} then {verb}",
        (ReplaceValue(statement.element("Action"), value),),
    )


RULE = Rule(
    "retired-action",
    Severity.WARNING,
    policy=check,
    silences={"invalid-action": Reach.PLACE, "invalid-service-in-action": Reach.PLACE},
)
