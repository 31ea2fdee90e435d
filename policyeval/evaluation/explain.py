"""From a verdict to a result: what nearly matched, what was missing, and what other readings would decide.

All of it is found by deciding again under another `Reading`, so that an explanation cannot say what the evaluator
would not do.
"""

from __future__ import annotations

from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.reading import Assumption, Reading
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Decision, Layer, MissingKey, PrincipalClass, Result, StatementMatch, Uncertainty

NEAREST_MISSES = 3
GRANTING = (PrincipalClass.WILD, PrincipalClass.DIRECT, PrincipalClass.ROLE)
"""How a resource policy must speak of a caller of its own account to grant by itself."""


def explain(policies: PolicySet, request: Request) -> Result:
    """Decide a request and say why; raises as `decide`."""
    reading = Reading()
    verdict = decide(policies, request, reading)
    misses = nearest_misses(verdict)
    told = {id(match.policy) for match in (*verdict.deciding, *misses)}
    notes = dict.fromkeys(note for held in policies if id(held.policy) in told for note in held.notes)
    return Result(
        decision=verdict.decision,
        request=request,
        reason=verdict.reason,
        layers=verdict.layers,
        considered=verdict.considered,
        deciding=verdict.deciding,
        nearest_misses=misses,
        missing_context=missing_context(policies, request, verdict.decision, reading.asked),
        uncertain=uncertainties(policies, request, verdict.decision, tuple(reading.touched)),
        notes=tuple(notes),
    )


def uncertainties(
    policies: PolicySet, request: Request, decision: Decision, touched: tuple[Dispute, ...]
) -> tuple[Uncertainty, ...]:
    """The disputes on which the decision hangs: those whose other reading decides otherwise."""
    found = []
    for dispute in touched:
        other = decide(policies, request, Reading(other=frozenset({dispute}))).decision
        if other is not decision:
            found.append(Uncertainty(dispute, other))
    return tuple(found)


def uncertain(policies: PolicySet, request: Request) -> tuple[Uncertainty, ...]:
    """The disputes on which the decision about a request hangs, and nothing else of its explanation."""
    reading = Reading()
    decision = decide(policies, request, reading).decision
    return uncertainties(policies, request, decision, tuple(reading.touched))


def missing_context(
    policies: PolicySet, request: Request, decision: Decision, asked: dict[str, str]
) -> tuple[MissingKey, ...]:
    """The keys that statements asked for in vain, and whether a value for them could turn the answer round.

    A key could when assuming the best (for a denial) or the worst (for an allow) of every condition on the missing
    keys turns it, and it no longer does once that key is left as it is. That one denial gives way to another says
    nothing to the caller.
    """
    if not asked:
        return ()
    way = Assumption.HURTFUL if decision is Decision.ALLOWED else Assumption.HELPFUL

    def turns(keys: frozenset[str]) -> bool:
        other = decide(policies, request, Reading(assumption=way, open_keys=keys)).decision
        return (other is Decision.ALLOWED) != (decision is Decision.ALLOWED)

    every = frozenset(asked)
    together = turns(every)
    return tuple(
        MissingKey(name, together and (turns(frozenset({key})) or not turns(every - {key})))
        for key, name in asked.items()
    )


def nearest_misses(verdict: Verdict) -> tuple[StatementMatch, ...]:
    """The Allow statements of the blocking layers that failed on the fewest clauses, at most three.

    Only statements that speak of the action are near, or misspell it; the others would be any statement at all. An
    account setting that blocks is always shown. A resource policy that blocks nothing is listened to as well where it
    names the caller, since it could grant alone.
    """
    if verdict.decision is not Decision.IMPLICIT_DENY:
        return ()
    blocking = {result.layer for result in verdict.layers if result.blocks}
    misses = [
        match
        for match in verdict.considered
        if (match.layer in blocking or (match.layer is Layer.RESOURCE and match.principal_class in GRANTING))
        and match.statement.effect == "Allow"
        and not match.matched
    ]
    near = [match for match in misses if _speaks_of_action(match) or match.layer is Layer.SETTINGS]
    near.sort(key=lambda match: (len(match.failed), _severity(match)))
    return tuple(near[:NEAREST_MISSES])


def _speaks_of_action(match: StatementMatch) -> bool:
    clauses = [clause for clause in match.clauses if clause.element in ("Action", "NotAction")]
    return all(clause.matched or clause.reason is not None for clause in clauses)


_ORDER = ("Condition", "Resource", "NotResource", "Principal", "NotPrincipal", "Action", "NotAction")


def _severity(match: StatementMatch) -> int:
    """Among equals a failed condition is nearer than a failed resource, and that nearer than another caller."""
    return max(_ORDER.index(clause.element) for clause in match.failed)
