"""How large a service control policy or resource control policy is, as AWS Organizations counts it.

Every character counts, white space too; only the console takes white space out when it saves.

Source: AWS Organizations User Guide, orgs_reference_limits, orgs_manage_policies_scps_syntax.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.quotas import size_quotas_of
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, RuleContext
from policyeval.rules.policy_size import advice, excess_text, heading


def oversize(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    """A remark when the text of a policy is longer than the quota of its kind."""
    quotas = size_quotas_of(policy.kind.value)
    text = excess_text(policy, quotas[0].limit) if quotas else None
    if text is None or len(text) <= quotas[0].limit:
        return
    quota = quotas[0]
    notes, help = advice(context, text, quota, "split it: several policies can be attached to one account or unit")
    if quota.before is not None:
        notes = (*notes, f"until {quota.since} the limit was {quota.before:,}")
    yield Remark(
        f"the document has {len(text):,} characters, {len(text) - quota.limit:,} too many for {policy.kind.title}",
        heading(policy),
        label=f"the limit is {quota.limit:,}",
        notes=notes,
        help=help,
    )
