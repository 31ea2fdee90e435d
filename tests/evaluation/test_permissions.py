"""Every action of the catalog at once: the answers are those of one request at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.catalog.table import load_table
from policyeval.errors import RequestError
from policyeval.evaluation.action_sets import ActionSets
from policyeval.evaluation.applicability import actions_on
from policyeval.evaluation.permissions import Permissions
from policyeval.evaluation.request import Request
from policyeval.evaluation.simulator import Simulator
from policyeval.policy.model import Policy

ALICE = "arn:aws:iam::111122223333:user/alice"
POLICY = Policy.parse(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "arn:aws:s3:::b/${aws:username}/*"},
            {"Effect": "Allow", "Action": "s3:List*", "Resource": "*", "Condition": {"Bool": {"aws:x": "true"}}},
            {"Effect": "Allow", "NotAction": ["s3:*", "iam:*", "ec2:*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "kms:*", "NotResource": "arn:aws:kms:*:*:key/1"},
        ],
    }
)
SIMULATOR = Simulator(identity=[POLICY])
OBJECT = "arn:aws:s3:::b/alice/k"


def sets_of(found: Permissions) -> list[frozenset[str]]:
    return [
        found.allowed,
        found.explicitly_denied,
        found.implicitly_denied,
        found.not_applicable,
        found.without_resource,
    ]


@pytest.mark.parametrize("resource", ["*", OBJECT, "arn:aws:iam::111122223333:role/r"])
@pytest.mark.parametrize("context", [{}, {"AWS:X": True}], ids=str)
def test_every_action_gets_the_decision_of_its_own_request(resource: str, context: dict[str, str]) -> None:
    found = SIMULATOR.permissions(ALICE, resource, context)
    for action in found.sets.table.names[::3]:
        assert found.decision(action) == SIMULATOR.decide(Request(ALICE, action, resource, context)), action


def test_without_the_index_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the reference, an action at a time: here of a catalog that has two services."""
    whole = SIMULATOR.permissions(ALICE)
    monkeypatch.setenv("POLICYEVAL_CACHE_DIR", str(tmp_path))
    table = load_table("of two services", ["kms", "s3"])
    monkeypatch.setattr("policyeval.evaluation.permissions.action_sets", lambda: ActionSets(table))
    slow = Simulator(identity=[POLICY], use_index=False).permissions(ALICE)
    assert slow.explicitly_denied
    assert slow.implicitly_denied
    for name in table.names:
        assert slow.decision(name) == whole.decision(name), name


@pytest.mark.parametrize("resource", ["*", OBJECT])
def test_the_five_sets_share_out_the_catalog(resource: str) -> None:
    found = SIMULATOR.permissions(ALICE, resource)
    every = sets_of(found)
    assert sum(map(len, every)) == len(found.sets.table)
    assert frozenset().union(*every) == frozenset(found.sets.table.names)
    assert dict(found).keys() == found.allowed | found.explicitly_denied | found.implicitly_denied


def test_actions_on_another_type_of_resource_do_not_apply() -> None:
    """Service Authorization Reference: `s3:PutObject` works on objects, `s3:CreateBucket` on buckets."""
    found = SIMULATOR.permissions(ALICE, OBJECT)
    assert {"s3:CreateBucket", "iam:GetUser", "ec2:RunInstances"} <= found.not_applicable
    assert "s3:PutObject" in found.allowed
    # Authorised against `*`: no request about this object asks for it.
    assert "s3:ListAllMyBuckets" in found.without_resource
    assert not any(action.startswith("a2c:") for action, _ in found)
    # What the policies would say of it, if AWS asked.
    assert found.decision("s3:CreateBucket") == "allowed"


def test_a_recovery_point_has_the_arn_of_another_service() -> None:
    """AWS Backup's `recoveryPoint` is `arn:${Partition}:${Vendor}:…`: a snapshot of RDS can be one."""
    found = SIMULATOR.permissions(ALICE, "arn:aws:rds:eu-west-1:111122223333:snapshot:nightly")
    assert "backup:DeleteRecoveryPoint" not in found.not_applicable


def test_every_action_is_asked_about_where_no_particular_resource_is() -> None:
    found = SIMULATOR.permissions(ALICE)
    assert not found.not_applicable
    assert not found.without_resource
    assert "s3:ListAllMyBuckets" in found.implicitly_denied


@pytest.mark.parametrize("resource", ["*", OBJECT, "arn:aws:zzz:::b"])
def test_the_reference_shares_the_catalog_out_alike(
    resource: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of a catalog that has two services."""
    monkeypatch.setenv("POLICYEVAL_CACHE_DIR", str(tmp_path))
    table = load_table("of two services", ["kms", "s3"])
    sets = ActionSets(table)
    whole = SIMULATOR.permissions(ALICE, resource)

    def own(bits: int) -> int:
        return sets.of_names(whole.sets.names(bits))

    monkeypatch.setattr("policyeval.evaluation.permissions.action_sets", lambda: sets)
    monkeypatch.setattr("policyeval.evaluation.permissions.actions_on", lambda arn: own(actions_on(arn)))
    slow = Simulator(identity=[POLICY], use_index=False).permissions(ALICE, resource)
    for name in ("allowed_bits", "explicit_bits", "implicit_bits", "not_applicable_bits", "without_resource_bits"):
        assert getattr(slow, name) == own(getattr(whole, name)), name
    assert slow.fits_no_type == whole.fits_no_type == (resource == "arn:aws:zzz:::b")


def test_an_action_that_the_catalog_lacks_has_no_entry() -> None:
    assert SIMULATOR.permissions(ALICE).decision("zzz:Get") is None


def test_a_bad_context_is_an_error() -> None:
    with pytest.raises(RequestError, match="is null"):
        SIMULATOR.permissions(ALICE, "*", {"aws:x": None})  # type: ignore[dict-item]  # what is tested
