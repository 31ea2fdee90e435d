"""Whether a resource policy is open to the public: to a stranger whom it names by nothing that they cannot choose.

A stranger has no credentials, or those of an account that the policy does not name, or is anyone who signed in with a
shared identity provider. They choose every context key but the trusted ones: those that AWS fills in from the caller's
identity or network, where a policy that asks for a fixed value shuts strangers out.

Source: Amazon S3 User Guide, access-control-block-public-access ("The meaning of public"); IAM User Guide,
access-analyzer-custom-policy-checks (CheckNoPublicAccess).
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterator

from policyeval.evaluation.cardinality import Cardinality
from policyeval.evaluation.comparison import read_network
from policyeval.evaluation.context import Context
from policyeval.evaluation.request import Principal, PrincipalType
from policyeval.policy.model import Condition, Entry, Policy
from policyeval.proof.caller import FRESH_ACCOUNTS
from policyeval.proof.domain import Domain, atom_holds
from policyeval.proof.outcome import Outcome
from policyeval.proof.question import BUDGET, Asked, search_within
from policyeval.proof.search import Problem
from policyeval.proof.side import policy_side
from policyeval.proof.term import Atom
from policyeval.proof.witness import Setting
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import parse_operator
from policyeval.syntax.wildcard import has_wildcard

TRUSTED_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys whose fixed values a stranger cannot have."""
SHARED_PROVIDERS = ("accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com")
"""Identity providers at which anyone can sign in (IAM User Guide, reference_policies_elements_principal)."""
_SHARED_HOSTS = ("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com")
BROAD_IPV4 = 2**24
BROAD_IPV6 = 2**96
"""A range of more addresses than a /8, or a /32 of IPv6, is as good as everyone ("The meaning of public")."""
_OWN = [ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def no_public_access(policy: Policy, *, every: bool = False, budget: int = BUDGET) -> Outcome:
    """Whether the policy grants strangers nothing; for resource policies of any service and for trust policies."""
    providers = tuple(_shared_providers(policy))
    problem = Problem(tuple(_strangers(policy, providers)), budget, limits={"aws:sourceip": _broad})
    side = policy_side((policy,), policy.kind, problem)
    asked = Asked(conditions=tuple(_unlike_named(policy, providers, problem)))
    return search_within(problem, side, Setting(policy.kind), (asked,), every=every)


def _unlike_named(policy: Policy, providers: tuple[str, ...], problem: Problem) -> Iterator[Condition]:
    """Conditions that say that no trusted key has one of the values that the policy fixes."""
    hosts = tuple(provider.rpartition("oidc-provider/")[2].lower() + ":" for provider in providers)
    fixed: dict[str, set[str]] = {}
    for statement in policy:
        for condition in statement.conditions:
            key = condition.key.lower()
            if key in TRUSTED_KEYS or (hosts and key.startswith(hosts)):
                fixed.setdefault(key, set()).update(_fixed(condition))
    for key, texts in fixed.items():
        is_single = problem.held_under(key) is Cardinality.ONE
        operator = parse_operator("StringNotLike" if is_single else "ForAllValues:StringNotLike")
        if texts and operator is not None:
            yield Condition(operator, key, tuple(Entry(text, "") for text in sorted(texts)), "")


def _strangers(policy: Policy, providers: tuple[str, ...]) -> Iterator[Principal]:
    entries = [entry for one in policy for entry in (*(one.principals or ()), *(one.not_principals or ()))]
    named = {entry.text for entry in entries}
    account = next(fresh for fresh in FRESH_ACCOUNTS if not any(fresh in text for text in named))
    yield Principal(PrincipalType.ANONYMOUS)
    yield Principal.from_arn(f"arn:aws:iam::{account}:user/stranger")
    for provider in providers:
        yield Principal(PrincipalType.FEDERATED, provider=provider)


def _shared_providers(policy: Policy) -> Iterator[str]:
    for statement in policy:
        for entry in statement.principals or ():
            if entry.type == "Federated" and (
                entry.text in SHARED_PROVIDERS or entry.text.rpartition("oidc-provider/")[2] in _SHARED_HOSTS
            ):
                yield entry.text


# ---- what a stranger can have under a trusted key


def _fixed(condition: Condition) -> Iterator[str]:
    """The values that speak of one account, organization or network: text, or an ARN of a given account."""
    if condition.operator.base == "Null":
        return
    for entry in condition.values:
        if not has_wildcard(entry.text) or _names_account(entry.text) or re.match(r"o-[a-z0-9]+/", entry.text):
            yield entry.text


def _names_account(pattern: str) -> bool:
    segments = split_arn(pattern)
    return len(segments) == 6 and re.fullmatch(r"\d{12}", segments[4]) is not None


def _broad(domain: Domain) -> int:
    """The addresses of `aws:SourceIp` of which so many are treated alike that anyone can have one."""
    counts: dict[tuple[bool, ...], list[int]] = {}
    atoms = list(domain.masks)
    for version, low, high in _runs(atoms):
        text = str(ipaddress.ip_address(low) if version == 4 else ipaddress.IPv6Address(low))
        truth = tuple(atom_holds(atom, "aws:sourceip", Context({"aws:sourceip": text})) for atom in atoms)
        counts.setdefault(truth, [0, 0])[version == 6] += high - low + 1 - _own(version, low, high)

    broad = {truth for truth, (four, six) in counts.items() if four > BROAD_IPV4 or six > BROAD_IPV6}
    broad.add(tuple(atom_holds(atom, "aws:sourceip", Context({})) for atom in atoms))
    return sum(
        1 << at
        for at in range(len(domain.values))
        if tuple(bool(domain.masks[atom] >> at & 1) for atom in atoms) in broad
    )


def _runs(atoms: list[Atom]) -> Iterator[tuple[int, int, int]]:
    """The runs of addresses that no range of the policy divides: version, first and last."""
    networks = [network for atom in atoms for network in map(read_network, atom.values) if network is not None]
    for version, size in ((4, 2**32), (6, 2**128)):
        edges = {0, size}
        for own, low, high in networks:
            if own == version:
                edges |= {low, high + 1}
        for low, after in itertools.pairwise(sorted(edges)):
            yield version, low, after - 1


def _own(version: int, low: int, high: int) -> int:
    """How many addresses of a run are private, which no stranger's request comes from."""
    if version == 6:
        return 0
    ends = [(int(network.network_address), int(network.broadcast_address)) for network in _OWN]
    return sum(max(0, min(high, last) - max(low, first) + 1) for first, last in ends)
