"""What each layer says of itself in the decision cases: what a person is shown beside the decision.

`in the way` marks a layer whose missing Allow denies the request. Cases are known by their names in
fixtures/decisions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.cases.model import Case
from policyeval.cases.reader import read_cases
from policyeval.cases.result import run_case
from policyeval.evaluation.trace import LayerResult

DECISIONS = Path(__file__).parent.parent / "fixtures" / "decisions"
CASES = {
    case.name: case
    for path in sorted(DECISIONS.glob("*.json"))
    for case in read_cases(path).cases
    if isinstance(case, Case)
}
DELEGATED = "it names the account, which leaves the decision to the account's own policies"

LAYERS: dict[str, list[str]] = {
    "boundary: identity and boundary both allow": ["identity: allowed", "permissionsBoundary: allowed"],
    "boundary: the boundary is what is missing": [
        "identity: allowed",
        "permissionsBoundary: implicitDeny, in the way",
    ],
    "boundary: explicit deny in boundary beats direct resource grant": [
        "resource: allowed",
        "identity: implicitDeny",
        "permissionsBoundary: explicitDeny",
    ],
    "boundary: user ARN in a resource policy passes the boundary": [
        "resource: allowed",
        "identity: implicitDeny",
        "permissionsBoundary: implicitDeny",
    ],
    "boundary: account in a resource policy does not pass the boundary": [
        f"resource: allowed ({DELEGATED})",
        "identity: allowed",
        "permissionsBoundary: implicitDeny, in the way",
    ],
    "boundary: Deny with NotPrincipal spares the same user without a boundary, SCPs or not": [
        "scp 1: allowed",
        "resource: implicitDeny",
        "identity: allowed",
    ],
    "session: the session policy is what is missing": ["identity: allowed", "session: implicitDeny, in the way"],
    "session: session policies say nothing of a user with long-term keys": [
        "identity: allowed",
        "session: not consulted (the caller has no session)",
    ],
    "cross-account: both sides": ["resource: allowed", "identity: allowed"],
    "cross-account: neither side allows": [
        "resource: implicitDeny, in the way",
        "identity: implicitDeny, in the way",
    ],
    "cross-account: the resource side is missing": [
        "resource: implicitDeny, in the way (none is given for this resource)",
        "identity: allowed",
    ],
    "cross-account: root of an account that the resource policy names": ["resource: allowed"],
    "resource policy: names another user, identity allows": ["resource: implicitDeny", "identity: allowed"],
    "resource policy: service principal without a resource policy": [
        "resource: implicitDeny, in the way (none is given for this resource)",
        "identity: not consulted (a caller of type `Service` has none)",
    ],
    "resource policy: a trust policy speaks only of assuming the role": [
        "resource: not consulted (a trust policy speaks only of assuming the role)",
        "identity: implicitDeny, in the way",
    ],
    "KMS: not even root without the key policy": ["resource: implicitDeny, in the way"],
    "KMS: the key policy delegates, and its statement is part of what grants": [
        f"resource: allowed ({DELEGATED})",
        "identity: allowed",
    ],
    "organizations: SCP deny at any level": ["scp 1: explicitDeny", "scp 2: allowed", "identity: allowed"],
    "organizations: a level without SCPs denies": [
        "scp 1: allowed",
        "scp 2: implicitDeny, in the way",
        "identity: allowed",
    ],
    "organizations: a Deny of an SCP does not bind root of the management account": [
        "scp: not consulted (SCPs do not bind the management account)"
    ],
    "organizations: an RCP without a Deny that matches needs no Allow": [
        "rcp: allowed (RCPs only deny)",
        "identity: allowed",
    ],
    "organizations: an RCP binds root": ["rcp: explicitDeny (RCPs only deny)"],
    "organizations: an RCP does not bind resources of the management account": [
        "rcp: not consulted (RCPs do not bind resources of the management account)",
        "identity: allowed",
    ],
    "organizations: an RCP does not bind a service that takes no part": [
        "rcp: not consulted (RCPs do not cover `ec2:RunInstances`)",
        "identity: allowed",
    ],
    "organizations: SCP before endpoint, when both are in the way": [
        "scp 1: implicitDeny, in the way",
        "vpcEndpoint: implicitDeny, in the way",
        "identity: allowed",
    ],
    "organizations: the endpoint policy allows only another caller": [
        "vpcEndpoint: implicitDeny, in the way",
        "identity: allowed",
    ],
    "organizations: an RCP does not stand in the way of what nobody allows": [
        "rcp: allowed (RCPs only deny)",
        "identity: implicitDeny, in the way",
    ],
    "cross-account: the user is named and identity does not allow": [
        "resource: allowed",
        "identity: implicitDeny, in the way",
    ],
    "resource policy: everyone narrowed to another caller by aws:PrincipalArn": [
        "resource: implicitDeny",
        "identity: implicitDeny, in the way",
    ],
    "resource policy: user and account are both named": ["resource: allowed", "identity: implicitDeny"],
    "resource policy: role and account are both named": ["resource: allowed", "identity: implicitDeny"],
    "resource policy: everyone and the account are both named": ["resource: allowed", "identity: implicitDeny"],
    "principal: anonymous and account principal": ["resource: implicitDeny, in the way"],
    "KMS: no key policy at all, identity allows": [
        "resource: implicitDeny, in the way (none is given for this resource)",
        "identity: allowed",
    ],
    "special: an anonymous caller and a resource of which nobody knows the owner": [
        "resource: implicitDeny, in the way (none is given for this resource)"
    ],
    "special: root has full access in its own account": [],
}

UNCERTAIN: dict[str, dict[str, str]] = {
    # case: each disputed rule on which the decision hangs (semantics section 12), and what the other reading decides
    "session: session ARN resource grant is not limited by session policy": {
        "session-arn-and-session-policy": "implicitDeny"
    },
    "session: a federated user without a session policy is held back by the session": {
        "federated-without-session-policy": "allowed"
    },
    "session: the federated user named, past a session policy that does not allow": {},
    "session: everyone in a resource policy passes the session policy": {},
    "session: session ARN in a resource policy, and a session policy that allows": {},
    "session: session ARN in a resource policy, and no session policy": {},
    "session: aws:PrincipalArn of a session is the role": {"principal-arn-of-session": "implicitDeny"},
    "session: a given aws:PrincipalArn stands over what follows from the caller": {},
    "session: both allow": {},
}

DECIDING: dict[str, list[str]] = {
    # case: the Sids of the statements without which the decision would be another
    "resource policy: user and account are both named": ["ToUser"],
    "resource policy: role and account are both named": ["ToRole"],
    "resource policy: everyone and the account are both named": ["ToAll"],
    "resource policy: the account is named and the identity policy allows": ["OnlyGet"],
    "cross-account: the account is named and identity allows": ["OnlyGet", "Grant"],
    "KMS: the key policy delegates, and its statement is part of what grants": ["Own", "Grant"],
    "trust: the account is named and identity allows": ["MayAssume", "Trust"],
    "boundary: the boundary is what is missing": [],
    "organizations: an RCP binds anonymous callers": ["Nobody"],
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_speak_for_themselves(name: str) -> None:
    (result,) = run_case(CASES[name]).results
    assert [told(layer) for layer in result.layers] == LAYERS[name]


@pytest.mark.parametrize("name", UNCERTAIN)
def test_a_decision_that_hangs_on_a_dispute_says_so(name: str) -> None:
    (result,) = run_case(CASES[name]).results
    assert {entry.dispute.rule: entry.other_decision.value for entry in result.uncertain} == UNCERTAIN[name]


@pytest.mark.parametrize("name", DECIDING)
def test_the_statements_that_decide(name: str) -> None:
    (result,) = run_case(CASES[name]).results
    assert [match.statement.sid for match in result.deciding] == DECIDING[name]


def told(layer: LayerResult) -> str:
    level = "" if layer.level is None else f" {layer.level + 1}"
    decision = layer.decision.value if layer.applies else "not consulted"
    blocks = ", in the way" if layer.blocks else ""
    reason = f" ({layer.reason})" if layer.reason else ""
    return f"{layer.layer.value}{level}: {decision}{blocks}{reason}"
