"""How large a service control policy or resource control policy is, as AWS Organizations counts it.

Every character counts, white space too; only the console takes white space out when it saves.

Source: AWS Organizations User Guide, orgs_reference_limits, orgs_manage_policies_scps_syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.catalog.quotas import SizeQuota, size_quotas_of
from policyeval.diagnostics.place import Where
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark
from policyeval.source import child

_STRING_OR_SPACE = r'"(?:[^"\\]|\\.)*"|[ \t\r\n]+'


def oversize(policy: Policy) -> Iterator[Remark]:
    """A remark when the text of a policy is longer than the quota of its kind."""
    text = document_text(policy)
    quotas = size_quotas_of(policy.kind.value)
    if text is None or not quotas or len(text) <= quotas[0].limit:
        return
    quota, compact = quotas[0], compact_length(text)
    notes = [f"every character counts, white space too; without it the document has {compact:,}"]
    if quota.before is not None:
        notes.append(f"until {quota.since} the limit was {quota.before:,}")
    yield Remark(
        f"the document has {len(text):,} characters, {len(text) - quota.limit:,} too many for {policy.kind.title}",
        Where(child(policy.pointer, "Statement"), on_key=True),
        label=f"the limit is {quota.limit:,}",
        notes=tuple(notes),
        help=advice(compact, quota),
    )


def advice(compact: int, quota: SizeQuota) -> str:
    if compact <= quota.limit:
        return "save it without white space"
    return "split it: several policies can be attached to one account or unit"


def document_text(policy: Policy) -> str | None:
    """The characters of the document itself; nothing when they are not JSON as AWS would be given it."""
    if policy.source is None:
        return None
    span = Where(policy.pointer).find(policy.source)
    text = policy.source.text[span.start : span.end]
    return text if text.startswith("{") else None


def compact_length(text: str) -> int:
    """The length of a JSON text without the white space between its tokens."""
    return len(re.sub(_STRING_OR_SPACE, lambda found: found.group() if found.group()[0] == '"' else "", text))
