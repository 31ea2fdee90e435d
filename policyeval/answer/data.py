"""`policyeval.proof/1`: what a question about policies came to, as data.

`result`, `message` and `reasons` are those of Access Analyzer's custom policy checks (IAM Access Analyzer API
Reference, CheckNoNewAccess); the rest is ours. `statementIndex` counts from 0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from policyeval.answer.comparison import Compared, together
from policyeval.answer.words import (
    action_texts,
    caller_texts,
    catalog_date,
    causes_of,
    condition_texts,
    except_texts,
    letters_of,
    spot_text,
    unless_texts,
)
from policyeval.diagnostics.style import clean_json
from policyeval.evaluation.request import Principal, Request
from policyeval.proof.difference import action_names, catalog_verdict
from policyeval.proof.outcome import Access, Outcome, Verdict
from policyeval.proof.term import Term

SCHEMA: Final = "policyeval.proof/1"
Object = dict[str, Any]


def outcome_object(outcome: Outcome, question: str, passed: str, failed: str, notes: Sequence[str] = ()) -> Object:
    """One question. `passed` and `failed` are the messages of Access Analyzer for it; `notes` are on the question."""
    answer = _answer(
        question,
        outcome.verdict,
        passed,
        failed,
        causes=_causes(outcome),
        catalog=catalog_verdict(outcome),
        accesses=outcome.accesses,
        new_access=[access_object(access) for access in outcome.accesses],
        unknown=outcome.doubts,
        assumptions=outcome.assumptions,
    )
    return {**answer, "notes": list(notes)}


def comparison_object(files: Sequence[Compared]) -> Object:
    """All files of a change as one question; `newAccess` is what is gained, `removedAccess` what is lost."""
    gained = [one.difference.gained for one in files]
    answer = _answer(
        "no-new-access",
        together(outcome.verdict for outcome in gained),
        "The modified permissions do not grant new access compared to the existing policy.",
        "The modified permissions grant new access compared to your existing policy.",
        causes=[cause for outcome in gained for cause in _causes(outcome)],
        catalog=together(map(catalog_verdict, gained)),
        accesses=[access for outcome in gained for access in outcome.accesses],
        new_access=[_in_file(one, access) for one in files for access in one.difference.gained.accesses],
        unknown=[doubt for outcome in gained for doubt in outcome.doubts],
        assumptions=[assumption for outcome in gained for assumption in outcome.assumptions],
    )
    return {
        **answer,
        "equivalent": all(one.difference.is_equivalent for one in files),
        "removedAccess": [_in_file(one, access) for one in files for access in one.difference.lost.accesses],
        "removedUnknown": [doubt for one in files for doubt in one.difference.lost.doubts],
        "files": [_file_object(one) for one in files],
    }


def _answer(
    question: str,
    verdict: Verdict,
    passed: str,
    failed: str,
    *,
    causes: Sequence[Term],
    catalog: Verdict,
    accesses: Sequence[Access],
    new_access: Sequence[Object],
    unknown: Sequence[str],
    assumptions: Sequence[str],
) -> Object:
    is_pass = verdict is Verdict.PROVED
    return {
        "schema": SCHEMA,
        "question": question,
        "result": "PASS" if is_pass else "FAIL",
        "message": passed if is_pass else failed if accesses else f"It is not known whether {question} holds.",
        "reasons": [reason_object(term, question) for term in causes],
        "verdict": verdict.value,
        "counterexample": request_object(accesses[0].counterexample.request) if accesses else None,
        "newAccess": list(new_access),
        "unknown": list(dict.fromkeys(unknown)),
        "assumptions": list(dict.fromkeys(assumptions)),
        "universes": {
            "allStrings": verdict.value,
            "catalog": {"date": catalog_date(), "verdict": catalog.value},
        },
    }


def _file_object(compared: Compared) -> Object:
    return {
        "new": compared.new,
        "old": compared.old,
        "verdict": compared.verdict.value,
        "equivalent": compared.difference.is_equivalent,
        "allowed": compared.allowed,
        "notes": list(compared.notes),
    }


def _in_file(compared: Compared, access: Access) -> Object:
    return {"file": compared.new, **access_object(access)}


def access_object(access: Access) -> Object:
    letters = letters_of(access)
    return {
        "actions": action_texts(access),
        "actionNames": action_names(access),
        "resources": list(dict.fromkeys(spot_text(spot, letters) for spot in access.spots)),
        "principals": caller_texts(access),
        "conditions": condition_texts(access),
        "unless": unless_texts(access),
        "except": except_texts(access),
        "statements": [statement_object(term) for term in causes_of(access)],
        "lifted": None if access.lifted is None else statement_object(access.lifted),
        "counterexample": request_object(access.counterexample.request),
    }


_FOUND = {
    "no-new-access": "New access",
    "access-not-granted": "One or more of the listed actions or resources",
    "no-public-access": "Public access granted",
}


def reason_object(term: Term, question: str) -> Object:
    """A reason in Access Analyzer's words."""
    reason: Object = {
        "description": f"{_FOUND[question]} in the statement with {_index_or_sid(term)}.",
        "statementIndex": term.statement.index,
    }
    return {**reason, "statementId": term.statement.sid} if term.statement.sid else reason


def _index_or_sid(term: Term) -> str:
    return f"sid: {term.statement.sid}" if term.statement.sid else f"index: {term.statement.index}"


def _causes(outcome: Outcome) -> list[Term]:
    found = {id(term): term for access in outcome.accesses for term in causes_of(access)}
    return list(found.values())


def statement_object(term: Term) -> Object:
    return {
        "file": term.policy.source.name if term.policy.source is not None else term.policy.name,
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
        "context": {key: list(v) if isinstance(v, list | tuple) else v for key, v in sorted(request.context.items())},
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


def to_json(answer: Object) -> str:
    """The answer as a text; what no terminal should see raw is escaped."""
    return clean_json(json.dumps(answer, indent=2))
