"""The decision, by the rules that AWS states of it. Single decisions are data: fixtures/decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyeval.evaluation.decide import decide
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Decision, Layer
from policyeval.policy.kind import PolicyKind
from tests.evaluation.worlds import (
    ACCOUNT,
    ALICE,
    NOON,
    ROLE,
    SESSION,
    Document,
    attached,
    decision,
    documents,
    identity_decision,
    matching,
    policy_sets,
    requests,
    statements,
)

ALLOWED, IMPLICIT, EXPLICIT = Decision.ALLOWED, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY
quick = settings(max_examples=60)


def of(*members: Document, version: str = "2012-10-17") -> Document:
    return {"Version": version, "Statement": list(members)}


@quick
@given(policy_sets(), documents(effect="Deny"), requests())
def test_a_deny_never_widens(policies: PolicySet, more: Document, request: Request) -> None:
    """ "An explicit deny in any policy overrides any allows": a Deny may only take away, in every layer."""
    before = decision(policies, request)
    denying = attached(more)
    for wider in (
        replace(policies, identity=(*policies.identity, denying)),
        replace(policies, session=(*policies.session, denying)) if policies.session is not None else policies,
    ):
        after = decision(wider, request)
        assert after is before or after is EXPLICIT


@quick
@given(policy_sets(), documents(effect="Allow"), requests())
def test_an_allow_in_an_identity_policy_never_narrows(policies: PolicySet, more: Document, request: Request) -> None:
    """Permissions of several policies are a union (access_policies)."""
    before = decision(policies, request)
    after = decision(replace(policies, identity=(*policies.identity, attached(more))), request)
    assert after is before or (before, after) == (IMPLICIT, ALLOWED)


@quick
@given(policy_sets(), documents(effect="Allow"), requests())
def test_a_boundary_that_only_allows_never_widens(policies: PolicySet, boundary: Document, request: Request) -> None:
    """ "A permissions boundary does not grant permissions" (access_policies_boundaries)."""
    without = decision(replace(policies, boundary=None), request)
    within = decision(replace(policies, boundary=attached(boundary, PolicyKind.BOUNDARY)), request)
    assert within is without or (without, within) in {(ALLOWED, IMPLICIT)}


@quick
@given(policy_sets(), requests())
def test_an_scp_never_grants(policies: PolicySet, request: Request) -> None:
    """ "SCPs do not grant permissions" (orgs_manage_policies_scps)."""
    without = decision(replace(policies, scp=None), request)
    assert decision(policies, request) is without or without is not IMPLICIT or decision(policies, request) is EXPLICIT


@quick
@given(documents(), requests(), st.randoms())
def test_the_order_of_statements_does_not_matter(document: Document, request: Request, shuffle: Any) -> None:
    shuffled = list(document["Statement"])
    shuffle.shuffle(shuffled)
    assert identity_decision(document, request) is identity_decision({**document, "Statement": shuffled}, request)


@quick
@given(st.lists(documents(), max_size=4), requests(), st.randoms())
def test_the_order_of_policies_does_not_matter(members: list[Document], request: Request, shuffle: Any) -> None:
    policies = [attached(document) for document in members]
    shuffled = list(policies)
    shuffle.shuffle(shuffled)
    assert decision(PolicySet(identity=tuple(policies)), request) is decision(
        PolicySet(identity=tuple(shuffled)), request
    )


@quick
@given(documents(), requests())
def test_one_policy_of_many_statements_is_many_policies_of_one(document: Document, request: Request) -> None:
    """Statements are ORed in a policy as they are across policies (evaluation-logic)."""
    apart = tuple(attached({**document, "Statement": statement}) for statement in document["Statement"])
    assert identity_decision(document, request) is decision(PolicySet(identity=apart), request)


@quick
@given(documents(), requests())
def test_a_policy_twice_is_a_policy_once(document: Document, request: Request) -> None:
    twice = decision(PolicySet(identity=(attached(document), attached(document))), request)
    assert identity_decision(document, request) is twice


@quick
@given(documents(), requests())
def test_nothing_is_allowed_that_no_statement_allows(document: Document, request: Request) -> None:
    """ "By default, all requests are denied"."""
    assume(request.principal.arn != f"arn:aws:iam::{ACCOUNT}:root")
    denying = {**document, "Statement": [{**member, "Effect": "Deny"} for member in document["Statement"]]}
    assert identity_decision(denying, request) is not ALLOWED
    assert decision(PolicySet(), request) is IMPLICIT


@quick
@given(statements(effect="Allow"), requests(callers=(ALICE, ROLE)))
def test_not_action_is_the_complement_of_action(statement: Document, request: Request) -> None:
    name = "Action" if "Action" in statement else "NotAction"
    other = {"Action": "NotAction", "NotAction": "Action"}[name]
    rest = {key: value for key, value in statement.items() if key not in ("Action", "NotAction", "Condition")}
    everywhere = {**rest, "Resource": "*"}
    everywhere.pop("NotResource", None)
    listed = matching(of({**everywhere, name: statement[name]}), request)
    assert matching(of({**everywhere, other: statement[name]}), request) is not listed


@quick
@given(statements(effect="Allow"), requests(callers=(ALICE,)))
def test_not_resource_is_the_complement_of_resource_when_it_can_be_resolved(
    statement: Document, request: Request
) -> None:
    """Every variable resolves for a user with the tag or a default, so nothing is left open."""
    name = "Resource" if "Resource" in statement else "NotResource"
    other = {"Resource": "NotResource", "NotResource": "Resource"}[name]
    listed = matching(of({"Effect": "Allow", "Action": "*", name: statement[name]}), request)
    assert matching(of({"Effect": "Allow", "Action": "*", other: statement[name]}), request) is not listed


@quick
@given(documents(), requests())
def test_the_case_of_actions_does_not_matter(document: Document, request: Request) -> None:
    def swapped(value: Any) -> Any:
        return [text.swapcase() for text in value] if isinstance(value, list) else value.swapcase()

    other = {
        **document,
        "Statement": [
            {name: swapped(value) if name in ("Action", "NotAction") else value for name, value in member.items()}
            for member in document["Statement"]
        ],
    }
    loud = Request(request.principal, request.action.upper(), request.resource, request.context, NOON)
    assert identity_decision(other, request) is identity_decision(document, request)
    assert identity_decision(document, loud) is identity_decision(document, request)


@quick
@given(documents(), requests(), st.sampled_from([str.upper, str.lower, str.title]))
def test_the_case_of_condition_keys_does_not_matter(document: Document, request: Request, change: Any) -> None:
    other = {
        **document,
        "Statement": [
            {
                **member,
                "Condition": {
                    operator: {change(key): value for key, value in keys.items()}
                    for operator, keys in member.get("Condition", {}).items()
                },
            }
            for member in document["Statement"]
        ],
    }
    spelled = {change(key): value for key, value in request.context.items()}
    same = Request(request.principal, request.action, request.resource, spelled, NOON)
    assert identity_decision(other, request) is identity_decision(document, request)
    assert identity_decision(document, same) is identity_decision(document, request)


@quick
@given(policy_sets(), requests(callers=(ACCOUNT,)))
def test_root_is_bound_by_no_policy_of_its_own(policies: PolicySet, request: Request) -> None:
    """Identity policies, boundaries and session policies are not of the root user (access_policies_boundaries)."""
    bare = replace(policies, identity=(), boundary=None, session=None)
    assert decision(policies, request) is decision(bare, request)


@quick
@given(policy_sets(), requests())
def test_who_am_i_is_always_answered(policies: PolicySet, request: Request) -> None:
    """ "No permissions are required to perform this operation" (STS API Reference, GetCallerIdentity)."""
    for action in ("sts:GetCallerIdentity", "STS:getcalleridentity"):
        asked = Request(request.principal, action, "*", request.context, NOON)
        assert decision(policies, asked) is ALLOWED


@quick
@given(policy_sets(), requests(callers=(ALICE, ROLE)))
def test_the_strictest_of_the_layers_decides(policies: PolicySet, request: Request) -> None:
    """A layer that denies explicitly denies the request, and only such a one."""
    verdict = decide(policies, request)
    explicit = {layer.layer for layer in verdict.layers if layer.applies and layer.decision is EXPLICIT}
    assert bool(explicit) is (verdict.decision is EXPLICIT)
    if verdict.decision is EXPLICIT:
        assert verdict.reason in explicit


# ---- the reason of an implicit deny: the first missing layer (semantics 7.3)

EVERYTHING: Document = of({"Effect": "Allow", "Action": "*", "Resource": "*"})
NOTHING: Document = of({"Effect": "Allow", "Action": "sns:*", "Resource": "*"})


def with_principal(document: Document) -> Document:
    return of(*({**member, "Principal": "*"} for member in document["Statement"]))


def layers(*missing: Layer) -> PolicySet:
    """Every layer allows but the missing ones."""

    def one(layer: Layer, kind: PolicyKind) -> Attached:
        document = NOTHING if layer in missing else EVERYTHING
        return attached(with_principal(document) if kind.elements.principal else document, kind)

    return PolicySet(
        identity=(one(Layer.IDENTITY, PolicyKind.IDENTITY),),
        boundary=one(Layer.BOUNDARY, PolicyKind.BOUNDARY),
        session=(one(Layer.SESSION, PolicyKind.SESSION),),
        scp=((one(Layer.SCP, PolicyKind.SCP),),),
        vpc_endpoint=one(Layer.VPC_ENDPOINT, PolicyKind.VPC_ENDPOINT),
        resource=one(Layer.RESOURCE, PolicyKind.RESOURCE),
    )


ORDER = (Layer.SCP, Layer.VPC_ENDPOINT, Layer.RESOURCE, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)


@pytest.mark.parametrize("missing", [frozenset(ORDER[i:]) for i in range(6)] + [frozenset({layer}) for layer in ORDER])
def test_the_first_missing_layer_is_the_reason_across_accounts(missing: frozenset[Layer]) -> None:
    request = Request(ROLE, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": "444455556666"})
    verdict = decide(layers(*missing), request)
    assert verdict.decision is IMPLICIT
    assert verdict.reason is next(layer for layer in ORDER if layer in missing)
    assert {layer.layer for layer in verdict.layers if layer.blocks} == set(missing)


def test_across_accounts_nothing_is_passed_by() -> None:
    request = Request(ROLE, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": "444455556666"})
    assert decide(layers(), request).decision is ALLOWED


@pytest.mark.parametrize("missing", [(Layer.IDENTITY,), (Layer.BOUNDARY,), (Layer.SESSION,), ORDER[3:]])
def test_within_the_account_everyone_in_a_resource_policy_passes_them_all(missing: tuple[Layer, ...]) -> None:
    request = Request(ROLE, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT})
    verdict = decide(layers(*missing), request)
    assert (verdict.decision, verdict.reason) == (ALLOWED, Layer.RESOURCE)


# ---- what is told of a decision


def naming(*arns: str) -> Document:
    return of({"Effect": "Allow", "Principal": {"AWS": list(arns)}, "Action": "*", "Resource": "*"})


def test_a_session_that_is_named_hangs_on_no_dispute_without_session_policies() -> None:
    """Only a session policy could limit what a resource policy gives the session (access_policies#policies_session)."""
    policies = PolicySet(resource=attached(naming(SESSION), PolicyKind.RESOURCE))
    result = explain(policies, Request(SESSION, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT}))
    assert result.allowed
    assert not result.uncertain


@pytest.mark.parametrize(("owner", "deciding"), [(ACCOUNT, ["identity"]), ("444455556666", ["identity", "resource"])])
def test_a_policy_that_names_the_account_decides_only_across_accounts(owner: str, deciding: list[str]) -> None:
    """Within the account it leaves the decision to the account's own policies."""
    policies = PolicySet(identity=(attached(EVERYTHING),), resource=attached(naming(ACCOUNT), PolicyKind.RESOURCE))
    verdict = decide(policies, Request(ALICE, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": owner}))
    assert verdict.reason is Layer.IDENTITY
    assert [match.layer.value for match in verdict.deciding] == deciding


def test_every_layer_is_told_of_whether_it_applies_or_not() -> None:
    root = Request(ACCOUNT, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT})
    told = [(result.layer, result.level, result.applies) for result in decide(layers(), root).layers]
    assert told == [
        (Layer.SCP, 0, True),
        (Layer.VPC_ENDPOINT, None, True),
        (Layer.RESOURCE, None, True),
        (Layer.IDENTITY, None, False),
        (Layer.BOUNDARY, None, False),
        (Layer.SESSION, None, False),
    ]


def test_each_level_of_the_organization_has_its_own_answer() -> None:
    """ "an explicit Allow statement is required at every level" (orgs_manage_policies_scps_evaluation)."""
    allowing, silent = (attached(document, PolicyKind.SCP) for document in (EVERYTHING, NOTHING))
    denying = attached(of({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}), PolicyKind.SCP)
    policies = replace(layers(), scp=((allowing,), (silent,), (allowing, denying)))
    told = decide(policies, Request(ALICE, "s3:GetObject", "arn:aws:s3:::b/k")).layers
    assert [(layer.level, layer.decision) for layer in told if layer.layer is Layer.SCP] == [
        (0, ALLOWED),
        (1, IMPLICIT),
        (2, EXPLICIT),
    ]


def remarks(policies: PolicySet, who: Any = ALICE, owner: str = ACCOUNT) -> dict[Layer, str | None]:
    request = Request(who, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": owner})
    return {layer.layer: layer.reason for layer in decide(policies, request).layers}


def test_what_a_person_must_know_of_a_layer_is_told() -> None:
    federated = {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/fed"}
    account_named = PolicySet(resource=attached(naming(ACCOUNT), PolicyKind.RESOURCE))
    assert remarks(PolicySet(identity=(attached(EVERYTHING),))) == {Layer.IDENTITY: None}
    assert remarks(PolicySet(rcp=((),)))[Layer.RCP] == "RCPs only deny"
    assert remarks(PolicySet(settings=attached(NOTHING)))[Layer.SETTINGS] == (
        "a setting of the account keeps everybody but root from it"
    )
    assert remarks(PolicySet(settings=attached(EVERYTHING)))[Layer.SETTINGS] is None
    assert remarks(PolicySet(identity=(attached(EVERYTHING),)), federated)[Layer.SESSION] == (
        "a federated user has no rights without a session policy"
    )
    assert remarks(PolicySet(), owner="444455556666")[Layer.RESOURCE] == "none is given for this resource"
    assert remarks(account_named)[Layer.RESOURCE] == (
        "it names the account, which leaves the decision to the account's own policies"
    )
    assert remarks(account_named, owner="444455556666")[Layer.RESOURCE] is None
    both = PolicySet(resource=attached(naming(ACCOUNT, ALICE), PolicyKind.RESOURCE))
    assert remarks(both)[Layer.RESOURCE] is None


@pytest.mark.parametrize("missing", ORDER)
def test_a_layer_decides_by_itself(missing: Layer) -> None:
    request = Request(ROLE, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": "444455556666"})
    told = {layer.layer: layer.decision for layer in decide(layers(missing), request).layers}
    assert told == {layer: IMPLICIT if layer is missing else ALLOWED for layer in ORDER}


def test_an_rcp_that_does_not_deny_allows() -> None:
    """RCPFullAWSAccess cannot be detached (orgs_manage_policies_rcps)."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policies = PolicySet(identity=(attached(EVERYTHING),), rcp=((attached(of(deny), PolicyKind.RCP),),))
    told = {layer.layer: layer.decision for layer in decide(policies, Request(ALICE, "s3:GetObject", "*")).layers}
    assert told[Layer.RCP] is ALLOWED


KMS_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
BUCKET = {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT}


@pytest.mark.parametrize(
    ("who", "action", "resource", "named", "blocks"),
    [
        (ALICE, "kms:Decrypt", KMS_KEY, ROLE, True),
        (ALICE, "kms:Decrypt", KMS_KEY, ACCOUNT, False),
        ({"type": "Anonymous"}, "s3:GetObject", "arn:aws:s3:::b/k", ROLE, True),
        (ALICE, "s3:GetObject", BUCKET, ROLE, False),
        (ALICE, "s3:GetObject", {**BUCKET, "account": "444455556666"}, ROLE, True),
    ],
)
def test_a_resource_policy_is_in_the_way_where_nothing_else_could_allow(
    who: Any, action: str, resource: Any, named: str, blocks: bool
) -> None:
    """KMS keys, callers without an account, and other accounts (evaluation-logic; KMS DG key-policies)."""
    policies = PolicySet(resource=attached(naming(named), PolicyKind.RESOURCE))
    told = {layer.layer: layer.blocks for layer in decide(policies, Request(who, action, resource)).layers}
    assert told[Layer.RESOURCE] is blocks
