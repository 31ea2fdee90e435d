"""Certificates: a proof written out, so that `proof.checker` can check it without trusting the prover.

    {"schema": "policyeval.certificate/1", "kind": …, "new": …, "old": …, "letters": [[letter, key, default], …],
     "steps": [[action, place, node], …]}

The documents are in it as statements; patterns are written with private letters (`proof.glob`); the nodes are those of
`proof.search`, statements being numbers: the new Denies first, then the old Allows, in the order of the documents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from policyeval.errors import PolicyevalError
from policyeval.policy.model import Policy, PrincipalEntry, Statement
from policyeval.proof.checker import Flaw, check_certificate
from policyeval.proof.outcome import Outcome
from policyeval.proof.search import Node
from policyeval.proof.term import ANYWHERE, Letters, Place, Term
from policyeval.syntax.variable import Variable, parse_template

SCHEMA = "policyeval.certificate/1"


def certificate_text(outcome: Outcome, new: Policy, old: Policy) -> str:
    """The certificate of a proof that the new policy grants nothing new, as JSON; checked before it is handed out.

    Raises `PolicyevalError` for the proofs that certificates cannot express: those that split a variable by its value,
    that need arithmetic of numbers, dates or addresses, or that concern trust policies and RCPs.
    """
    help = "the answer stands; only this way of checking it does not reach so far"
    try:
        document = _document(outcome, new, old)
        check_certificate(document, {})
    except Flaw as flaw:
        raise PolicyevalError(f"no certificate can be written for this proof: {flaw}", help=help) from None
    return json.dumps(document, indent=1) + "\n"


def _document(outcome: Outcome, new: Policy, old: Policy) -> dict[str, Any]:
    numbers = _numbers(new, old)
    letters = _letters(outcome, (new, old))
    return {
        "schema": SCHEMA,
        "kind": new.kind.value,
        "new": policy_object(new),
        "old": policy_object(old),
        "letters": [[letter, one.key, one.default] for letter, one in sorted(letters.items())],
        "steps": [
            [list(action), list(_place(spot.place)), _node(node, numbers)]
            for step in outcome.steps
            for actions, spots, node in step.groups
            for action in actions
            for spot in spots
        ],
    }


def _numbers(new: Policy, old: Policy) -> Mapping[tuple[int, int], int]:
    """The number of each statement that can cover, by policy and index; what needs no permission comes last."""
    denies = [one for one in new if one.effect == "Deny"]
    allows = [one for one in old if one.effect == "Allow"]
    numbers = {(id(new), one.index): at for at, one in enumerate(denies)}
    return numbers | {(id(old), one.index): len(denies) + at for at, one in enumerate(allows)}


def _letters(outcome: Outcome, policies: Sequence[Policy]) -> dict[str, Variable]:
    """The letter of every variable in a resource: the proof's own, and further ones where it has none."""
    terms = [term for step in outcome.steps for term in (*step.covers, *step.region.terms)]
    letters = terms[0].letters if terms else Letters()
    for policy in policies:
        for statement in policy:
            for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
                for part in parse_template(entry.text):
                    if isinstance(part, Variable):
                        letters.letter(part)
    return letters.variables


def _place(place: Place) -> Place:
    return ("*",) if place is ANYWHERE else place


def _node(node: Any, numbers: Mapping[tuple[int, int], int]) -> Any:
    """A node with statements as numbers. Raises `Flaw` for a step that certificates do not have."""
    kind, *rest = node
    if kind == "cover":
        return ["cover", _number(rest[0], numbers)]
    if kind == "conditions":
        return ["conditions", [_number(term, numbers) for term in rest[0]]]
    if kind in ("barred", "nothing"):
        return [kind]
    if kind in ("places", "loosened"):
        return [kind, _nodes(rest[0], numbers)]
    if kind == "lengths":
        return ["lengths", rest[0], _nodes(rest[1], numbers)]
    if kind == "except":
        term, by_action, by_place, inside = rest
        parts = [_nodes(by_action[1], numbers), _nodes(by_place[1], numbers)]
        return ["except", _number(term, numbers), *parts, _node(inside, numbers)]
    raise Flaw("it splits a variable by its value")


def _nodes(nodes: Sequence[Node], numbers: Mapping[tuple[int, int], int]) -> list[Any]:
    return [_node(node, numbers) for node in nodes]


def _number(term: Term, numbers: Mapping[tuple[int, int], int]) -> int:
    return numbers.get((id(term.policy), term.statement.index), -1)


# ---- documents


def policy_object(policy: Policy) -> dict[str, Any]:
    """A policy as a document of statements; what AWS ignores (`Id`, `Sid`) is left out."""
    version = {"Version": policy.version} if policy.version is not None else {}
    return {**version, "Statement": [_statement_object(statement) for statement in policy]}


def _statement_object(statement: Statement) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": statement.effect}
    lists = {
        "Action": statement.actions,
        "NotAction": statement.not_actions,
        "Resource": statement.resources,
        "NotResource": statement.not_resources,
    }
    found |= {name: [entry.text for entry in entries] for name, entries in lists.items() if entries is not None}
    principals = {"Principal": statement.principals, "NotPrincipal": statement.not_principals}
    found |= {name: _principal_object(entries) for name, entries in principals.items() if entries is not None}
    for condition in statement.conditions:
        block = found.setdefault("Condition", {}).setdefault(condition.operator.canonical, {})
        block[condition.key] = [entry.text for entry in condition.values]
    return found


def _principal_object(entries: Sequence[PrincipalEntry]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        found.setdefault(entry.type, []).append(entry.text)
    return found
