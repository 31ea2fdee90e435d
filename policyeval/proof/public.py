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
from collections.abc import Iterator, Mapping, Sequence

from policyeval.catalog.oidc import shared_providers, ties_to_holder
from policyeval.evaluation.cardinality import Cardinality
from policyeval.evaluation.comparison import read_network
from policyeval.evaluation.context import Context
from policyeval.evaluation.request import Principal, PrincipalType
from policyeval.policy.model import Condition, Entry, Policy
from policyeval.proof.caller import FRESH_ACCOUNTS
from policyeval.proof.domain import ABSENT, Domain, atom_holds
from policyeval.proof.glob import Inexpressible
from policyeval.proof.outcome import Outcome
from policyeval.proof.question import BUDGET, Asked, search_within
from policyeval.proof.search import Limits, Problem
from policyeval.proof.side import Side, policy_side
from policyeval.proof.stack import limits_of
from policyeval.proof.term import Atom, Known
from policyeval.proof.witness import Setting
from policyeval.syntax.arn import is_account_id, split_arn
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
RESOURCE_TYPES: Mapping[str, str] = {
    "AWS::ApiGateway::RestApi": "execute-api",
    "AWS::Backup::BackupVault": "backup",
    "AWS::CloudTrail::Dashboard": "cloudtrail",
    "AWS::CloudTrail::EventDataStore": "cloudtrail",
    "AWS::CodeArtifact::Domain": "codeartifact",
    "AWS::DynamoDB::Stream": "dynamodb",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::EFS::FileSystem": "elasticfilesystem",
    "AWS::IAM::AssumeRolePolicyDocument": "sts",
    "AWS::KMS::Key": "kms",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::Lambda::Function": "lambda",
    "AWS::OpenSearchService::Domain": "es",
    "AWS::S3::AccessPoint": "s3",
    "AWS::S3::Bucket": "s3",
    "AWS::S3::Glacier": "glacier",
    "AWS::S3Express::AccessPoint": "s3express",
    "AWS::S3Express::DirectoryBucket": "s3express",
    "AWS::S3Outposts::AccessPoint": "s3-outposts",
    "AWS::S3Outposts::Bucket": "s3-outposts",
    "AWS::S3Tables::Table": "s3tables",
    "AWS::S3Tables::TableBucket": "s3tables",
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
    "AWS::SecretsManager::Secret": "secretsmanager",
}
"""What Access Analyzer can be asked about, and the service of whose actions such a policy speaks (IAM Access Analyzer
API Reference, CheckNoPublicAccess, `resourceType`)."""
BROAD_IPV4 = 2**24
BROAD_IPV6 = 2**96
"""A range of more addresses than a /8, or a /32 of IPv6, is as good as everyone ("The meaning of public")."""
_OWN = [ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


OWNER, ORGANIZATION = "444455556666", "o-theowners0"
"""Whose the resource is, where the policy does not tell."""
_OF_SERVICES = ("aws:principalservicename", "aws:principalservicenameslist")


def no_public_access(
    policy: Policy, *, services: Sequence[str] = (), every: bool = False, budget: int = BUDGET
) -> Outcome:
    """Whether the policy grants strangers nothing; for resource policies of any service and for trust policies.

    `services` are the prefixes of the actions that the resource knows, where its type is known; others have no effect.
    """
    providers = tuple(_shared_providers(policy))
    owner = next(filter(is_account_id, map(_account_of, providers)), OWNER)
    # What stands for the variables; as keys of conditions they are the resource's own and shut nobody out.
    owners: Known = {"aws:resourceaccount": owner, "aws:resourceorgid": ORGANIZATION}
    problem = Problem(
        tuple(_strangers(policy, providers, owner)),
        budget,
        owners,
        _limits_of_strangers(),
        {"aws:sourceip": _is_broad},
    )
    side = policy_side((policy,), policy.kind, problem)
    asked = Asked(tuple(f"{service}:*" for service in services), (), tuple(_unlike_named(side, problem)))
    setting = Setting(policy.kind, owner=owner, context={"aws:ResourceOrgID": ORGANIZATION})
    return search_within(problem, side, setting, (asked,), every=every)


def _limits_of_strangers() -> Limits:
    """No stranger is a service of AWS."""
    own = "aws:principalisawsservice"
    no_service: Limits = {own: lambda domain: domain.like(own, "false") | domain.like(own, ABSENT)}
    return {**no_service, **limits_of(dict.fromkeys(_OF_SERVICES))}


def _unlike_named(side: Side, problem: Problem) -> Iterator[Condition]:
    """Conditions that say that no trusted key has one of the values that the policy fixes."""
    fixed: dict[str, set[str]] = {}
    for term in side.terms:
        for atom in term.condition_atoms:
            if atom.operator != "Null":
                fixed.setdefault(atom.key, set()).update(text for text in atom.values if _is_fixed(atom, text))
    for key, texts in fixed.items():
        is_single = problem.held_under(key) is Cardinality.ONE
        operator = parse_operator("StringNotLike" if is_single else "ForAllValues:StringNotLike")
        if texts and operator is not None:
            yield Condition(operator, key, tuple(Entry(text, "") for text in sorted(texts)), "")


def _strangers(policy: Policy, providers: tuple[str, ...], owner: str) -> Iterator[Principal]:
    entries = [entry for one in policy for entry in (*(one.principals or ()), *(one.not_principals or ()))]
    named = {owner, *(entry.text for entry in entries)}
    named |= {value.text for one in policy for condition in one.conditions for value in condition.values}
    account = next(fresh for fresh in FRESH_ACCOUNTS if not any(fresh in text for text in named))
    yield Principal(PrincipalType.ANONYMOUS)
    yield Principal.from_arn(f"arn:aws:iam::{account}:user/stranger")
    for provider in providers:
        yield Principal(PrincipalType.FEDERATED, provider=provider)


def _shared_providers(policy: Policy) -> Iterator[str]:
    for statement in policy:
        for entry in statement.principals or ():
            if entry.type == "Federated" and entry.text.rpartition(":oidc-provider/")[2] in shared_providers():
                yield entry.text


def _account_of(provider: str) -> str:
    segments = split_arn(provider)
    return segments[4] if len(segments) == 6 else ""


# ---- what a stranger can have under a trusted key


def _is_fixed(atom: Atom, text: str) -> bool:
    """Whether a value speaks of one holder, account, organization or network: text, or an ARN of a given account."""
    if atom.key not in TRUSTED_KEYS:
        return ties_to_holder(atom.key, text)
    if text == "anonymous":
        return False  # what callers without credentials have under `aws:userid` and `aws:PrincipalAccount`
    if not has_wildcard(text):
        return True
    operator = parse_operator(atom.operator)
    by_segment = operator is not None and operator.family == "Arn"
    return _names_account(text, by_segment=by_segment) or re.match(r"o-[a-z0-9]+/", text) is not None


def _names_account(pattern: str, *, by_segment: bool) -> bool:
    """Whether an ARN pattern is of one account. Compared as text, a wildcard before the account runs over colons."""
    segments = split_arn(pattern)
    is_account = len(segments) == 6 and re.fullmatch(r"\d{12}", segments[4]) is not None
    return is_account and (by_segment or not any(map(has_wildcard, segments[:4])))


def _is_broad(domain: Domain, values: int) -> bool:
    """Whether some values of `aws:SourceIp` are so many that anyone can have one: counted over all of them together.

    A request without the key is one that anyone can make. Raises `Inexpressible` where the key is compared as text
    with wildcards, since it then hangs on how addresses are written.
    """
    key = "aws:sourceip"
    if values & domain.like(key, ABSENT):
        return True
    atoms = list(domain.masks)
    if any(map(_has_text_pattern, atoms)):
        raise Inexpressible("`aws:SourceIp` is compared as text, so that no addresses can be counted")
    truths = {tuple(bool(domain.masks[atom] >> at & 1) for atom in atoms) for at in _bits(values)}
    counts = {4: 0, 6: 0}
    for version, low, high in _runs(atoms):
        text = str(ipaddress.ip_address(low) if version == 4 else ipaddress.IPv6Address(low))
        context = Context({key: text})
        if tuple(atom_holds(atom, key, context) for atom in atoms) in truths:
            counts[version] += high - low + 1 - _own(version, low, high)
    return counts[4] > BROAD_IPV4 or counts[6] > BROAD_IPV6


def _has_text_pattern(atom: Atom) -> bool:
    operator = parse_operator(atom.operator)
    is_text = operator is not None and operator.family in ("String", "Arn")
    return is_text and any(map(has_wildcard, atom.values))


def _bits(mask: int) -> Iterator[int]:
    return (at for at in range(mask.bit_length()) if mask >> at & 1)


def _runs(atoms: list[Atom]) -> Iterator[tuple[int, int, int]]:
    """The runs of addresses that no value of the policy divides: version, first and last."""
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
