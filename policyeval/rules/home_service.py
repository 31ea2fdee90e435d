"""The service of the resource that a resource policy is attached to, as an account file tells or the policy shows."""

from __future__ import annotations

from policyeval.catalog.arn_format import pattern_overlaps
from policyeval.catalog.catalog import catalog
from policyeval.policy.model import Policy, Statement
from policyeval.rules.action_entries import action_entries
from policyeval.rules.contract import RuleContext
from policyeval.rules.written_arns import SERVICE, resource_arns, split_written
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.wildcard import has_wildcard


def home_service(policy: Policy, context: RuleContext) -> str | None:
    """The service, or nothing when the policy does not show it.

    Without an ARN of the resource itself it is the one service of all ARNs, or of several the one whose actions the
    policy names. A policy that speaks of `*` shows none: it may be that of an organization or of an endpoint.
    """
    if context.attached_to is not None:
        segments = split_written(context.attached_to)
        return segments[SERVICE] if len(segments) > SERVICE else None
    if any(not entry.text.startswith("arn:") for statement in policy for entry in statement.resources or ()):
        return None
    of_arns = {arn.literal(SERVICE) or "" for statement in policy for arn in resource_arns(statement)}
    if len(of_arns) == 1:
        found = of_arns.pop()
    else:
        both = of_arns & {prefix_of(entry.text) for statement in policy for entry in action_entries(statement)}
        found = both.pop() if len(both) == 1 else ""
    return found if found and catalog().has_service(found) else None


def prefix_of(pattern: str) -> str:
    """The service that an action pattern names, in lower case; empty when it names none that exists."""
    prefix = pattern.partition(":")[0].lower()
    if not is_well_formed(pattern) or has_wildcard(prefix) or not catalog().has_service(prefix):
        return ""
    return prefix


def can_work_on(pattern: str, statement: Statement, context: RuleContext) -> bool:
    """Whether some action of a pattern works on a resource that the statement names (AWS Backup's on snapshots)."""
    arns = tuple(arn.text for arn in resource_arns(statement))
    return any(_takes(action, arns) for action in context.expand(pattern))


def _takes(full_name: str, arns: tuple[str, ...]) -> bool:
    action = catalog().action(full_name)
    service = catalog().service(action.service) if action is not None else None
    if action is None or service is None:
        return False
    kinds = (service.resource_type(resource.name) for resource in action.resource_types)
    return any(
        pattern_overlaps(form, arn, kind.excluded_characters)
        for kind in kinds
        if kind is not None
        for form in kind.arn_formats
        for arn in arns
    )
