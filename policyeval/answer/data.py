"""`policyeval.proof/1`: what a question about policies came to, as data.

`result`, `message` and `reasons` are those of Access Analyzer's custom policy checks (IAM Access Analyzer API
Reference, CheckNoNewAccess); the rest is ours. `statementIndex` counts from 0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from policyeval.evaluation.request import Principal, Request
from policyeval.proof.difference import (
    Difference,
    action_names,
    action_text,
    catalog_verdict,
    conditions_of,
    except_texts,
    letters_of,
    spot_text,
)
from policyeval.proof.outcome import Access, Outcome, Verdict
from policyeval.proof.term import Term

SCHEMA: Final = "policyeval.proof/1"
Object = dict[str, Any]


def outcome_object(outcome: Outcome, question: str, passed: str, failed: str) -> Object:
    """One question. `passed` and `failed` are the messages of Access Analyzer for it."""
    from policyeval.catalog.catalog import catalog

    is_pass = outcome.verdict is Verdict.PROVED
    first = outcome.accesses[0].counterexample.request if outcome.accesses else None
    unknown = f"it is not known whether {question} holds"
    return {
        "schema": SCHEMA,
        "question": question,
        "result": "PASS" if is_pass else "FAIL",
        "message": passed if is_pass else failed if outcome.accesses else unknown,
        "reasons": [reason_object(term) for term in _causes(outcome)],
        "verdict": outcome.verdict.value,
        "counterexample": None if first is None else request_object(first),
        "newAccess": [access_object(access) for access in outcome.accesses],
        "unknown": list(outcome.doubts),
        "assumptions": list(outcome.assumptions),
        "universes": {
            "allStrings": outcome.verdict.value,
            "catalog": {"date": catalog().date.isoformat(), "verdict": catalog_verdict(outcome).value},
        },
    }


def difference_object(difference: Difference, new: str, old: str) -> Object:
    """Both ways; `newAccess` is what is gained, `removedAccess` what is lost."""
    gained = outcome_object(
        difference.gained,
        "no-new-access",
        "The modified permissions do not grant new access compared to the existing policy.",
        "The modified permissions grant new access compared to your existing policy.",
    )
    return {
        **gained,
        "new": new,
        "old": old,
        "equivalent": difference.is_equivalent,
        "removedAccess": [access_object(access) for access in difference.lost.accesses],
        "removedUnknown": list(difference.lost.doubts),
    }


def access_object(access: Access) -> Object:
    names = action_names(access)
    return {
        "actions": [action_text(action) for action in access.actions],
        "actionNames": names,
        "resources": [spot_text(spot, letters_of(access)) for spot in access.spots],
        "conditions": conditions_of(access),
        "except": except_texts(access),
        "statements": [statement_object(term) for term in access.allowing],
        "lifted": None if access.lifted is None else statement_object(access.lifted),
        "counterexample": request_object(access.counterexample.request),
    }


def reason_object(term: Term) -> Object:
    """A reason in Access Analyzer's words."""
    reason: Object = {
        "description": f"New access in the statement with {_index_or_sid(term)}.",
        "statementIndex": term.statement.index,
    }
    return {**reason, "statementId": term.statement.sid} if term.statement.sid else reason


def _index_or_sid(term: Term) -> str:
    return f"sid: {term.statement.sid}" if term.statement.sid else f"index: {term.statement.index}"


def _causes(outcome: Outcome) -> list[Term]:
    found = {id(term): term for access in outcome.accesses for term in access.allowing}
    return list(found.values())


def statement_object(term: Term) -> Object:
    return {
        "file": term.policy.name,
        "pointer": term.statement.pointer,
        "statementIndex": term.statement.index,
        "statementId": term.statement.sid,
    }


def request_object(request: Request) -> Object:
    """A request in the case format, as `policyeval test` and `simulate --requests` read it."""
    resource: Object = {"arn": request.resource.arn}
    if request.resource.account is not None:
        resource["account"] = request.resource.account
    return {
        "principal": _principal_object(request.principal),
        "action": request.action,
        "resource": resource,
        "context": {key: list(v) if isinstance(v, list | tuple) else v for key, v in request.context.items()},
    }


def _principal_object(principal: Principal) -> Object:
    fields = {
        "type": principal.type.value,
        "arn": principal.arn,
        "account": principal.account,
        "roleArn": principal.role_arn,
        "userArn": principal.user_arn,
        "service": principal.service,
        "provider": principal.provider,
        "uniqueId": principal.unique_id,
    }
    return {name: value for name, value in fields.items() if value is not None}


def to_json(objects: Sequence[Object]) -> str:
    """One answer as an object, several as a list."""
    return json.dumps(objects[0] if len(objects) == 1 else list(objects), indent=2, ensure_ascii=False)
