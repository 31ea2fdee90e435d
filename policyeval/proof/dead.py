"""Statements without effect, where it is proved: those that match no request, Allows whose every request is denied, and
Denies that meet no Allow.

What is not proved is not dead: an unknown counts as alive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policyeval.policy.model import Policy, Statement
from policyeval.proof.cover import OutOfBudget
from policyeval.proof.glob import Inexpressible
from policyeval.proof.meeting import Meetings
from policyeval.proof.question import problem_of, start_of
from policyeval.proof.search import Problem, Search
from policyeval.proof.side import compiled
from policyeval.proof.term import Term
from policyeval.proof.witness import Setting

BUDGET = 5_000
"""Steps for one statement: a linter asks about every statement of every file."""


def never_matches(policy: Policy, statement: Statement) -> bool:
    """Whether it is proved that no request at all matches a statement."""
    problem = problem_of([replace(policy, statements=(statement,))], BUDGET)
    return _is_covered(problem, policy, compiled(statement, policy, problem), ())


def shadowed_allows(policy: Policy) -> Iterator[tuple[Statement, tuple[Statement, ...]]]:
    """The Allows of a policy of which it is proved that Denies of the policy hold every request that they match.

    Each comes with those Denies, none of them needless. An Allow that matches nothing is shadowed by none.
    """
    denies = [one for one in policy if one.effect == "Deny"]
    meetings = Meetings(denies)
    about = problem_of([policy], BUDGET)
    about.note_set_operators(denies)
    for allow in policy:
        against = meetings.of(allow) if allow.effect == "Allow" else ()
        if not against:
            continue
        problem = about.afresh()
        wanted = compiled(allow, policy, problem)
        problem.note_set_operators((allow,))
        covers = [compiled(one, policy, problem) for one in against]
        if _is_covered(problem, policy, wanted, ()) or not _is_covered(problem, policy, wanted, covers):
            continue
        for term in list(covers):
            others = [one for one in covers if one is not term]
            if _is_covered(problem, policy, wanted, others):
                covers = others
        yield allow, tuple(term.statement for term in covers)


def idle_denies(policy: Policy) -> Iterator[Statement]:
    """The Denies of a policy of which it is proved that they match nothing that one of its Allows matches.

    A Deny that matches nothing at all is another matter: `never_matches`.
    """
    allows = [one for one in policy if one.effect == "Allow"]
    meetings = Meetings(allows)
    about = problem_of([policy], BUDGET)
    about.note_set_operators(allows)
    for deny in policy:
        if deny.effect != "Deny":
            continue
        problem = about.afresh()
        problem.note_set_operators((deny,))
        wanted = compiled(deny, policy, problem)
        if _is_covered(problem, policy, wanted, ()):
            continue
        if all(_are_apart(problem, policy, wanted, compiled(one, policy, problem)) for one in meetings.of(deny)):
            yield deny


def _are_apart(problem: Problem, policy: Policy, one: Term, other: Term) -> bool:
    """Whether it is proved that no request matches both statements."""
    search: Search[None] = Search(problem, (), lambda _point: None)
    try:
        region = start_of(problem, Setting(policy.kind)).within(one).within(other)
        return region.is_empty or all(found.is_covered for _, _, found in search.check(region))
    except (OutOfBudget, Inexpressible):
        return False


def _is_covered(problem: Problem, policy: Policy, wanted: Term, covers: Sequence[Term]) -> bool:
    problem.note_set_operators((wanted.statement,))
    search: Search[None] = Search(problem, covers, lambda _point: None)
    try:
        region = start_of(problem, Setting(policy.kind)).within(wanted)
        return all(found.is_covered for _, _, found in search.check(region))
    except (OutOfBudget, Inexpressible):
        return False
