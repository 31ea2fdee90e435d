"""The actions that the account setting "IAM user and role access to billing information" switches off.

While the setting is not activated, only the root user reaches the pages of the billing console, whatever the policies
say. The setting does not reach the interfaces of Cost Explorer, Budgets and Cost and Usage Reports, so of their actions
only those count that belong to a console page alone.

Source: AWS Billing User Guide, control-access-billing. AWS names pages, not actions; the step from one to the other is
ours, by the table that maps the old page actions to the new ones (migrate-granularaccess-iam-mapping-reference).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from policyeval.catalog.overlay import load_overlay

BILLING_ACTIONS: Final[tuple[str, ...]] = tuple(load_overlay("billing")["patterns"])
"""Action patterns, `service:*` or `service:Name`."""


@lru_cache(maxsize=1)
def _split() -> tuple[frozenset[str], frozenset[str]]:
    lower = [pattern.lower() for pattern in BILLING_ACTIONS]
    return (
        frozenset(pattern.removesuffix(":*") for pattern in lower if pattern.endswith(":*")),
        frozenset(pattern for pattern in lower if not pattern.endswith(":*")),
    )


def is_billing_action(action: str) -> bool:
    """Whether the setting decides about an action `service:Name`, in any case.

    >>> is_billing_action("billing:GetCredits"), is_billing_action("ce:GetCostAndUsage")
    (True, False)
    """
    services, actions = _split()
    lower = action.lower()
    return lower.partition(":")[0] in services or lower in actions
