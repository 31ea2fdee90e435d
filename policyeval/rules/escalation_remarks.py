"""What to say of open paths: one remark for the entry that opens them."""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, RuleContext


def escalation_remarks(policy: Policy, context: RuleContext, *, through_resource: bool) -> Iterator[Remark]:
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
