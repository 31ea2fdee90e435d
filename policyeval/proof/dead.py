"""Statements without effect, where it is proved: those that match no request, and Allows whose every request is denied.

What is not proved is not dead: an unknown counts as alive.
"""

from __future__ import annotations

from collections.abc import Sequence

from policyeval.policy.model import Policy, Statement
from policyeval.proof.cover import OutOfBudget
from policyeval.proof.glob import Inexpressible
from policyeval.proof.question import problem_of, start_of
from policyeval.proof.search import Problem, Search
from policyeval.proof.side import compiled
from policyeval.proof.term import Term
from policyeval.proof.witness import Setting

BUDGET = 5_000
"""Steps for one statement: a linter asks about every statement of every file."""


def never_matches(policy: Policy, statement: Statement) -> bool:
    """Whether it is proved that no request at all matches a statement."""
    problem = problem_of([policy], BUDGET)
    return _is_covered(problem, policy, compiled(statement, policy, problem), ())


def shadowing_denies(policy: Policy, allow: Statement) -> tuple[Statement, ...]:
    """The Denies of a policy that together hold every request that one of its Allows matches; none when not proved.

    An Allow that matches nothing is shadowed by none.
    """
    problem = problem_of([policy], BUDGET)
    denies = [compiled(one, policy, problem) for one in policy if one.effect == "Deny"]
    wanted = compiled(allow, policy, problem)
    problem.note_set_operators((*denies, wanted))
    if not denies or _is_covered(problem, policy, wanted, ()):
        return ()
    if not _is_covered(problem, policy, wanted, denies):
        return ()
    for term in list(denies):
        others = [one for one in denies if one is not term]
        if _is_covered(problem, policy, wanted, others):
            denies = others
    return tuple(term.statement for term in denies)


def _is_covered(problem: Problem, policy: Policy, wanted: Term, covers: Sequence[Term]) -> bool:
    problem.note_set_operators((wanted,))
    search: Search[None] = Search(problem, covers, lambda _point: None)
    try:
        region = start_of(problem, Setting(policy.kind)).within(wanted)
        return all(found.is_covered for _, _, found in search.check(region))
    except (OutOfBudget, Inexpressible):
        return False
