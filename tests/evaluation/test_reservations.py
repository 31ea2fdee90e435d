"""Under what reservation every action is decided: the missing keys and disputes that each request by itself has."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from policyeval.account.account import Account
from policyeval.account.simulators import AccountSimulator
from policyeval.errors import RequestError
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.simulator import Simulator
from policyeval.policy.kind import PolicyKind
from tests.evaluation.worlds import ALICE, attached
from tests.property.questions import ACTIONS, draw_questions

COMPANY = Account.load(str(Path(__file__).parent.parent.parent / "fixtures" / "company" / "account.yaml"))


def told_of(policies: PolicySet, request: Request) -> dict[str, tuple[set[str], set[str]]]:
    """Of every action of the catalog that applies and is decided with a reservation: keys and disputed rules."""
    simulator = Simulator.of(policies)
    found = simulator.permissions(request.principal, request.resource, request.context, request.time)
    told = simulator.reservations(request, found)
    reserved: dict[str, tuple[set[str], set[str]]] = {
        name: (set(), set()) for name in found.sets.names(found.applicable_bits)
    }
    for key, bits in told.missing.items():
        for name in found.sets.names(bits):
            reserved[name][0].add(key.lower())
    for dispute, bits in told.uncertain.items():
        for name in found.sets.names(bits):
            reserved[name][1].add(dispute.rule)
    return reserved


def explained(policies: PolicySet, request: Request) -> tuple[set[str], set[str]]:
    result = explain(policies, request)
    missing = {one.key.lower() for one in result.missing_context if one.could_change}
    return missing, {one.dispute.rule for one in result.uncertain}


@pytest.mark.parametrize("seed", range(30))
def test_reservations_are_those_of_each_request(seed: int) -> None:
    for _, policies, requests in draw_questions(Random(seed), worlds=2, requests=3):
        for asked in requests:
            try:
                reserved = told_of(policies, asked)
            except RequestError:
                continue
            for name in {*ACTIONS, *Random(seed).sample(sorted(reserved), min(len(reserved), 5))} & set(reserved):
                request = Request(asked.principal, name, asked.resource, asked.context, asked.time)
                assert reserved[name] == explained(policies, request), request


@pytest.mark.parametrize("user", ["amara", "lena", "role/ci-deploy"])
@pytest.mark.parametrize("resource", ["*", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"])
def test_reservations_in_an_account_are_those_of_each_request(user: str, resource: str) -> None:
    simulator = AccountSimulator(COMPANY)
    found = simulator.permissions(user, resource)
    told = simulator.reservations(found, user, resource)
    names = list(found.sets.names(found.applicable_bits))
    for name in Random(user).sample(names, min(60, len(names))):
        at = found.sets.of_names([name])
        request = COMPANY.request(user, name, resource)
        result = explain(COMPANY.policy_set(request), request)
        assert {key for key, bits in told.missing.items() if bits & at} == {
            one.key for one in result.missing_context if one.could_change
        }, name
        assert not result.uncertain


def test_an_action_that_an_scp_spells_in_other_capitals_is_told() -> None:
    def held(kind: PolicyKind, action: str | list[str]) -> Attached:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        return attached({"Version": "2012-10-17", "Statement": [statement]}, kind)

    scp = held(PolicyKind.SCP, ["s3:getobject", "s3:PutObject", "SQS:*"])
    policies = PolicySet(identity=(held(PolicyKind.IDENTITY, "*"),), scp=((scp,),))
    reserved = told_of(policies, Request(ALICE, "none:None", "arn:aws:s3:::b/k"))
    assert {name for name, (_, rules) in reserved.items() if rules} == {"s3:GetObject"}
    assert reserved["s3:GetObject"] == (set(), {Dispute.SCP_ACTION_CASE.rule})


def test_an_absent_second_factor_is_named() -> None:
    simulator = AccountSimulator(COMPANY)
    told = simulator.reservations(simulator.permissions("amara"), "amara")
    assert "aws:MultiFactorAuthPresent" in told.missing
    given = {"aws:MultiFactorAuthPresent": "true", "aws:RequestedRegion": "eu-west-1", "aws:SecureTransport": "true"}
    assert not simulator.reservations(simulator.permissions("amara", "*", given), "amara", "*", given).missing
