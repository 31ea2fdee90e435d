"""Ids of VPCs and VPC endpoints as values of conditions.

Source: IAM User Guide, access-analyzer-reference-policy-checks, INVALID_VPC_FORMAT and INVALID_VPCE_FORMAT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from policyeval.diagnostics.place import Where
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark
from policyeval.syntax.wildcard import has_wildcard

Prefix = Literal["vpc-", "vpce-"]
_KEYS = {"vpc-": ("aws:sourcevpc", "aws:ec2instancesourcevpc"), "vpce-": ("aws:sourcevpce",)}
_ID = r"(vpce?-)(?:[0-9A-Za-z]{8}|[0-9A-Za-z]{17})"
_OF_OTHER = {"vpc-": ("a VPC endpoint", "aws:SourceVpce"), "vpce-": ("a VPC", "aws:SourceVpc")}


def misfits(statement: Statement, prefix: Prefix) -> Iterator[Remark]:
    """A remark for each value that is no such id; wildcards and variables are left alone."""
    what = "VPC" if prefix == "vpc-" else "VPC endpoint"
    for condition in statement.conditions:
        if condition.key.lower() not in _KEYS[prefix] or condition.operator.family != "String":
            continue
        for value in condition.values:
            found = re.fullmatch(_ID, value.text)
            if has_wildcard(value.text) or "$" in value.text or (found is not None and found[1] == prefix):
                continue
            if found is not None:
                other, key = _OF_OTHER[prefix]
                label, advice = f"the id of {other}", f"compare it with `{key}`"
            else:
                label = f"not `{prefix}` and 8 or 17 letters and digits"
                advice = "ranges of addresses are compared with `aws:VpcSourceIp`" if "/" in value.text else ""
            yield Remark(f"`{value.text}` is no id of a {what}", Where(value.pointer), label=label, help=advice or None)
