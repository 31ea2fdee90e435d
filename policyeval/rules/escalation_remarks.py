"""What to say of open paths: one remark for the entry that opens them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from policyeval.catalog.escalation import escalation_paths
from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, RuleContext
from policyeval.syntax.action import compile_action
from policyeval.syntax.wildcard import has_wildcard


def escalation_remarks(policy: Policy, context: RuleContext, *, through_resource: bool) -> Iterator[Remark]:
    if not speaks_of_escalation(policy):
        return
    # The evaluator is loaded only for policies that are asked about.
    from policyeval.rules.escalation import PASS_ROLE, OpenPath, open_paths

    by_place: dict[str, list[OpenPath]] = {}
    for opened in open_paths(policy, context, "existing-resource" if through_resource else "self-contained"):
        by_place.setdefault(opened.grants[0].entry.pointer, []).append(opened)
    for paths in by_place.values():
        first, *others = paths
        primary, *rest = first.grants
        names = {grant.action for opened in paths for grant in opened.grants}
        more = f", and opens {len(others)} more way{'s' if len(others) > 1 else ''} to it" if others else ""
        notes = [f"`{opened.grants[-1].action}`: lets its holder {opened.path.gain}" for opened in others[:4]]
        if len(others) > 4:
            notes.append(f"and {len(others) - 4} more of this kind, by {len(names)} actions in all")
        yield Remark(
            f"the policy lets its holder {first.path.gain}",
            Where(primary.entry.pointer),
            label=f"allows `{primary.action}`{more}",
            related=tuple(Label(Where(grant.entry.pointer), f"allows `{grant.action}`") for grant in rest),
            notes=tuple(notes),
            help="name the roles that may be passed, and the service in a condition on `iam:PassedToService`"
            if primary.action == PASS_ROLE
            else "name the targets, or take the right away with a Deny or a permissions boundary",
        )


def speaks_of_escalation(policy: Policy) -> bool:
    """Whether an Allow speaks of any action of any path. Loads a table and no evaluator."""
    for statement in policy:
        if statement.effect != "Allow":
            continue
        if statement.actions is None:
            return True
        if any(escalation_actions_in(entry.text) for entry in statement.actions):
            return True
    return False


@lru_cache(maxsize=1)
def escalation_actions() -> frozenset[str]:
    """The actions of all paths, in lower case."""
    return frozenset(action.lower() for path in escalation_paths() for action in path.actions)


@lru_cache(maxsize=16384)
def escalation_actions_in(pattern: str) -> tuple[str, ...]:
    """Those of them that an entry of `Action` matches."""
    names = escalation_actions()
    if not has_wildcard(pattern):
        lower = pattern.lower()
        return (lower,) if lower in names else ()
    return tuple(filter(compile_action(pattern), names))
