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
from collections.abc import Callable, Iterator

from policyeval.evaluation.comparison import read_address, read_network
from policyeval.evaluation.context import Context
from policyeval.evaluation.request import Principal, PrincipalType
from policyeval.policy.model import Policy
from policyeval.proof.caller import FRESH_ACCOUNTS
from policyeval.proof.cover import Dimension
from policyeval.proof.domain import Absent, Choice, Domain, atom_holds
from policyeval.proof.outcome import Outcome
from policyeval.proof.question import BUDGET, Asked, search_within
from policyeval.proof.search import Limits, Problem
from policyeval.proof.side import policy_side
from policyeval.proof.term import Atom
from policyeval.proof.witness import Setting
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import parse_operator
from policyeval.syntax.wildcard import has_wildcard, matches

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
    problem = Problem(tuple(_strangers(policy, providers)), budget, limits=_limits(providers))
    side = policy_side((policy,), policy.kind, problem)
    return search_within(problem, side, Setting(policy.kind), (Asked(),), every=every)


def _limits(providers: tuple[str, ...]) -> Limits:
    found: dict[Dimension, Callable[[Domain], int]] = dict.fromkeys(TRUSTED_KEYS, _of_stranger)
    found["aws:sourceip"] = _broad
    for provider in providers:
        host = provider.rpartition("oidc-provider/")[2].lower()
        found |= {f"{host}:{claim}": _of_stranger for claim in ("aud", "sub", "amr", "oaud")}
    return found


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


def _of_stranger(domain: Domain) -> int:
    """The values of a trusted key that no fixed value of the policy names."""
    fixed = [text for atom in domain.masks for text in _fixed(atom)]
    return domain.where(lambda value: not any(matches(pattern, text) for text in _texts(value) for pattern in fixed))


def _texts(value: Choice) -> tuple[str, ...]:
    if value is None or isinstance(value, Absent):
        return ()
    return (value,) if isinstance(value, str) else value


def _fixed(atom: Atom) -> Iterator[str]:
    """The values of an atom that speak of one account, organization or network: text, or an ARN of a given account."""
    operator = parse_operator(atom.operator)
    if operator is None or operator.base == "Null" or atom.variables:
        return
    for text in atom.values:
        if not has_wildcard(text) or _names_account(text) or re.match(r"o-[a-z0-9]+/", text):
            yield text


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

    def is_broad(value: Choice) -> bool:
        texts = _texts(value)
        if not any(read_address(text) for text in texts):
            return isinstance(value, Absent)
        context = Context({"aws:sourceip": texts[0]})
        four, six = counts.get(tuple(atom_holds(atom, "aws:sourceip", context) for atom in atoms), [0, 0])
        return four > BROAD_IPV4 or six > BROAD_IPV6

    return domain.where(is_broad)


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
