"""The actions that the account setting "IAM user and role access to billing information" switches off.

While the setting is not activated, only the root user reaches the pages of the billing console, whatever the policies
say. The setting does not reach the interfaces of Cost Explorer, Budgets and Cost and Usage Reports, so of their actions
only those count that belong to a console page alone.

Source: AWS Billing User Guide, control-access-billing. AWS names pages, not actions; the step from one to the other is
ours, by the table that maps the old page actions to the new ones (migrate-granularaccess-iam-mapping-reference).
"""

from __future__ import annotations

from typing import Final

from policyeval.catalog.overlay import load_overlay

BILLING_ACTIONS: Final[tuple[str, ...]] = tuple(load_overlay("billing")["patterns"])
"""Action patterns, `service:*` or `service:Name`."""
