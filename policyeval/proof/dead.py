"""Statements without effect, where it is proved: those that match no request, Allows whose every request is denied, and
Denies that meet no Allow.

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


def meets_no_allow(policy: Policy, deny: Statement) -> bool:
    """Whether it is proved that a Deny of a policy matches nothing that one of its Allows matches.

    A Deny that matches nothing at all is another matter: `never_matches`.
    """
    problem = problem_of([policy], BUDGET)
    wanted = compiled(deny, policy, problem)
    allows = [compiled(one, policy, problem) for one in policy if one.effect == "Allow"]
    problem.note_set_operators((wanted, *allows))
    if _is_covered(problem, policy, wanted, ()):
        return False
    return all(_are_apart(problem, policy, wanted, allow) for allow in allows)


def _are_apart(problem: Problem, policy: Policy, one: Term, other: Term) -> bool:
    """Whether it is proved that no request matches both statements."""
    search: Search[None] = Search(problem, (), lambda _point: None)
    try:
        region = start_of(problem, Setting(policy.kind)).within(one).within(other)
        return region.is_empty or all(found.is_covered for _, _, found in search.check(region))
    except (OutOfBudget, Inexpressible):
        return False


def _is_covered(problem: Problem, policy: Policy, wanted: Term, covers: Sequence[Term]) -> bool:
    problem.note_set_operators((wanted,))
    search: Search[None] = Search(problem, covers, lambda _point: None)
    try:
        region = start_of(problem, Setting(policy.kind)).within(wanted)
        return all(found.is_covered for _, _, found in search.check(region))
    except (OutOfBudget, Inexpressible):
        return False
