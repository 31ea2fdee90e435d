"""Ranges of private addresses, of which `aws:SourceIp` never is one.

Source: RFC 1918, RFC 4193, RFC 6598; IAM User Guide, reference_policies_condition-keys (aws:SourceIp).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from policyeval.policy.model import Condition, Entry

if TYPE_CHECKING:
    from policyeval.evaluation.comparison import Network

PRIVATE_RANGES = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)


def compares_source_ip(condition: Condition, base: str) -> bool:
    """Whether a condition compares `aws:SourceIp` by the operator `IpAddress` or `NotIpAddress`."""
    return condition.operator.base == base and condition.key.lower() == "aws:sourceip" and bool(condition.values)


def private_values(condition: Condition) -> tuple[Entry, ...]:
    """The values that are private addresses, or ranges of nothing else."""
    return tuple(value for value in condition.values if is_private(value.text))


def all_private(condition: Condition) -> bool:
    return len(private_values(condition)) == len(condition.values)


@lru_cache(maxsize=65536)
def is_private(text: str) -> bool:
    """Whether an address or range lies in a private one; a text that is neither does not.

    >>> is_private("10.1.2.3"), is_private("10.0.0.0/7"), is_private("203.0.113.0/24"), is_private("fd12::/16")
    (True, False, False, True)
    """
    from policyeval.evaluation.comparison import read_network  # only where there is an address to read

    network = read_network(text)
    if network is None:
        return False
    version, first, last = network
    return any(found[0] == version and found[1] <= first <= last <= found[2] for found in _private_networks())


@lru_cache(maxsize=1)
def _private_networks() -> tuple[Network, ...]:
    from policyeval.evaluation.comparison import read_network

    return tuple(network for network in map(read_network, PRIVATE_RANGES) if network is not None)
