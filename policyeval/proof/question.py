"""The questions: does a change grant anything new, and does a policy grant what it must not?

Each becomes searches for a request inside a region and outside covers. A request is allowed by the new side and not by
the old exactly if it is in one statement of every layer of one of the new side's paths, in no Deny of the new side,
and either in a Deny of the old side or, on every path of the old side, outside all statements of some layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from policyeval.errors import RequestError
from policyeval.evaluation.cardinality import Cardinality
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Decision
from policyeval.policy.kind import TRUST_ACTIONS, PolicyKind
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.proof.caller import callers
from policyeval.proof.cover import OutOfBudget
from policyeval.proof.glob import Inexpressible
from policyeval.proof.leftover import is_at, is_within
from policyeval.proof.outcome import Access, Counterexample, Outcome, Verdict
from policyeval.proof.region import Region, everything
from policyeval.proof.search import Point, Problem, Search
from policyeval.proof.side import Layer as Terms
from policyeval.proof.side import Side, needs_no_permission, policy_side
from policyeval.proof.stack import Stack, stack_problem, stack_side
from policyeval.proof.term import Term, action_glob
from policyeval.proof.witness import Setting, requests, spelling_of

BUDGET = 200_000
"""Steps of search for one question, a few microseconds each (proofs, "where it blows up")."""


_MOST_OTHERS = 8
"""How many requests are tried for a better example, once one was found that shows other access than was looked for."""


def no_new_access(
    new: Policy | Sequence[Policy], old: Policy | Sequence[Policy], *, every: bool = False, budget: int = BUDGET
) -> Outcome:
    """Whether everything that the new policy allows, the old one allowed too; policies of one kind.

    Several policies on a side are taken together, as policies of one layer are. With `every` all new access is found;
    otherwise the search ends with the first.
    """
    news = (new,) if isinstance(new, Policy) else tuple(new)
    olds = (old,) if isinstance(old, Policy) else tuple(old)
    kind = (news or olds)[0].kind
    problem = problem_of((*news, *olds), budget)
    new_side, old_side = policy_side(news, kind, problem), policy_side(olds, kind, problem)
    return compare(problem, new_side, old_side, Setting(kind), every=every)


def access_not_granted(
    policies: Policy | Sequence[Policy], accesses: Sequence[Asked], *, every: bool = False, budget: int = BUDGET
) -> Outcome:
    """Whether the policies, of one kind, grant none of the accesses to anyone."""
    given = (policies,) if isinstance(policies, Policy) else tuple(policies)
    kind = given[0].kind
    problem = problem_of(given, budget)
    side = policy_side(given, kind, problem)
    return search_within(problem, side, Setting(kind), accesses, every=every)


def no_new_access_for(new: Stack, old: Stack, *, every: bool = False, budget: int = BUDGET) -> Outcome:
    """Whether a caller may do nothing under all policies of the new stack that they may not under the old.

    The caller may have changed as well: tags, organization. The resources are of the caller's account. Raises
    `RequestError` for callers of two accounts.
    """
    if new.account != old.account:
        raise RequestError(
            f"one caller is of account `{new.account}`, the other of `{old.account}`",
            help="compare a caller's access with what it was in the same account",
        )
    problem, changed = stack_problem(new, budget, old)
    sides = (stack_side(new, problem), stack_side(old, problem, changed))
    for side in sides:
        problem.note_set_operators(term.statement for term in side.terms)
    setting = Setting(PolicyKind.IDENTITY, new.principal, owner=new.account, context=new.keys)
    return compare(problem, *sides, setting, every=every)


def access_not_granted_to(
    stack: Stack, accesses: Sequence[Asked], *, every: bool = False, budget: int = BUDGET
) -> Outcome:
    """Whether a caller may do none of the accesses, under all policies that bear on them, in their own account."""
    problem, _ = stack_problem(stack, budget)
    side = stack_side(stack, problem)
    problem.note_set_operators(term.statement for term in side.terms)
    setting = Setting(PolicyKind.IDENTITY, stack.principal, owner=stack.account, context=stack.keys)
    return search_within(problem, side, setting, accesses, every=every)


def search_within(problem: Problem, side: Side, setting: Setting, accesses: Sequence[Asked], *, every: bool) -> Outcome:
    """Whether a side allows nothing within the accesses."""
    setting = replace(setting, spelling=spelling_of(side.terms))
    start = start_of(problem, setting)
    inquiry = _Inquiry(problem, side, None, setting, every, start)
    covers = (*side.denies, needs_no_permission(problem))
    is_about_nothing = True

    def searches() -> None:
        nonlocal is_about_nothing
        for asked in accesses:
            region = asked.region(start, problem)
            is_about_nothing = is_about_nothing and inquiry.is_covered(region, ())
            for path in side.paths:
                inquiry.search_path(path, covers, None, region)

    outcome = inquiry.run(searches)
    return replace(outcome, is_about_nothing=is_about_nothing and outcome.verdict is Verdict.PROVED)


@dataclass(frozen=True)
class Asked:
    """What must not be granted: any of the actions on any of the resources, while the conditions hold.

    Patterns are those of the policy language; an empty element stands for everything. Raises `RequestError` for an
    action or a resource that is no pattern.
    """

    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        for action in self.actions:
            if action_glob(action) is None:
                raise RequestError(f"`{action}` is no action", help="the form is `service:Name`, with `*` and `?`")
        for resource in self.resources:
            if resource.strip("*") and (not resource.startswith("arn:") or resource.count(":") < 5):
                raise RequestError(
                    f"`{resource}` is no ARN",
                    help="the form is `arn:partition:service:region:account:resource`, or `*`",
                )

    def region(self, start: Region, problem: Problem) -> Region:
        """The asked access as a region; raises `Inexpressible`."""
        statement = Statement(
            0,
            "",
            "Allow",
            actions=tuple(Entry(action, "") for action in self.actions or ("*",)),
            resources=tuple(Entry(resource, "") for resource in self.resources or ("*",)),
            conditions=self.conditions,
        )
        term = Term(statement, _LITERAL, problem.letters, problem.every_caller)
        problem.note_set_operators((statement,))
        return replace(start.within(term), terms=())


_LITERAL = Policy(PolicyKind.IDENTITY, (), None, name="the question")
"""A policy of the old version: what a question names is text, without variables."""


def problem_of(policies: Sequence[Policy], budget: int = BUDGET) -> Problem:
    """A problem about policies, with callers where any of them names principals."""
    names_principals = any(policy.kind.elements.principal for policy in policies if policy.kind is not PolicyKind.RCP)
    return Problem(callers(policies) if names_principals else (), budget)


@dataclass
class _Inquiry:
    """One question under way: what was found and doubted so far."""

    problem: Problem
    new: Side
    old: Side | None
    setting: Setting
    every: bool
    start: Region

    def __post_init__(self) -> None:
        self.accesses: list[Access] = []
        self.doubts: dict[str, None] = {}

    @property
    def is_over(self) -> bool:
        return bool(self.accesses) and not self.every

    def run(self, searches: Callable[[], None]) -> Outcome:
        try:
            searches()
        except OutOfBudget:
            self.doubts[f"the search took more than {self.problem.budget.spent - 1:,} steps"] = None
        except Inexpressible as reason:
            self.doubts[str(reason)] = None
        verdict = Verdict.REFUTED if self.accesses else Verdict.UNKNOWN if self.doubts else Verdict.PROVED
        return Outcome(
            verdict,
            tuple(self.accesses),
            tuple(self.doubts),
            assumptions(self),
            self.problem.budget.spent,
            is_whole=not self.is_over,
            replay=self.replay,
        )

    # ---- witnesses

    def confirm(self, point: Point, region: Region) -> Counterexample | None:
        """A counterexample that the point stands for; one of its own box, where a few tries find one."""
        first: Counterexample | None = None
        others = 0
        for request in requests(self.problem, point, replace(self.setting, terms=region.terms)):
            example = self.replay(request)
            is_own = is_at(point.box.place, request, self.problem.letters)
            if example is not None and is_own and is_within(request, region.terms, point.covers):
                return example
            first = first or example
            others += first is not None
            if others > _MOST_OTHERS:
                break
        return first

    def replay(self, request: Request) -> Counterexample | None:
        """The request as a counterexample, if the evaluator has it so."""
        new = self.new.decide(request)
        if new.decision is not Decision.ALLOWED:
            return None
        old = None if self.old is None else self.old.decide(request)
        if old is not None and old.decision is Decision.ALLOWED:
            return None
        return Counterexample(request, new, old)

    # ---- searches

    def search_path(self, layers: Sequence[Terms], covers: Sequence[Term], lifted: Term | None, region: Region) -> None:
        """Search what one statement of every layer, together, allow outside the covers.

        A statement is taken together with those of further layers only where it is not covered by itself.
        """
        if self.is_over or region.is_empty:
            return
        if not layers:
            self.search_region(region, covers, lifted)
            return
        words = {term.words for term in covers}
        for term in layers[0]:
            if term.words in words:
                continue
            inner = region.within(term)
            if inner.is_empty or (len(layers) > 1 and self.is_covered(inner, covers)):
                continue
            self.search_path(layers[1:], covers, lifted, inner)

    def is_covered(self, region: Region, covers: Sequence[Term]) -> bool:
        """Whether a region is covered already, before further layers narrow it."""
        search: Search[None] = Search(self.problem, covers, lambda _point: None)
        return all(found.is_covered for _, _, found in search.check(region))

    def search_region(self, region: Region, covers: Sequence[Term], lifted: Term | None) -> None:
        search: Search[Counterexample] = Search(self.problem, covers, lambda point: self.confirm(point, region))
        for actions, spots, found in search.check(region):
            if found.witness is not None:
                allowing = tuple(term for term in region.terms if term is not lifted)
                self.accesses.append(Access(actions, spots, region, allowing, lifted, tuple(covers), found.witness))
                if self.is_over:
                    return
            self.doubts.update(dict.fromkeys(found.doubts))


def compare(problem: Problem, new: Side, old: Side, setting: Setting, *, every: bool = False) -> Outcome:
    """Whether the new side allows nothing that the old one does not."""
    setting = replace(setting, spelling=spelling_of((*new.terms, *old.terms)))
    inquiry = _Inquiry(problem, new, old, setting, every, start_of(problem, setting))

    anyway = needs_no_permission(problem)
    kept_out = (*new.denies, anyway)

    def searches() -> None:
        for path in new.paths:
            for failing in itertools.product(*old.paths):
                covers = (*new.denies, *(term for layer in failing for term in layer), anyway)
                inquiry.search_path(ordered(path, failing), covers, None, inquiry.start)
        kept = {term.words for term in new.denies}
        for deny in old.denies:
            if deny.words in kept:
                continue
            denied = inquiry.start.within(deny)
            if denied.is_empty or inquiry.is_covered(denied, kept_out):
                continue
            for path in new.paths:
                inquiry.search_path(path, kept_out, deny, denied)

    return inquiry.run(searches)


def ordered(path: Sequence[Terms], failing: Sequence[Terms]) -> Sequence[Terms]:
    """The layers of a path, first those that have most in common with what fails on the other side."""
    if len(path) < 2:
        return path
    words = {term.words for layer in failing for term in layer}
    return sorted(path, key=lambda layer: -sum(term.words in words for term in layer))


def start_of(problem: Problem, setting: Setting) -> Region:
    """Every request that a question about one kind of policy can be about."""
    region = everything(problem.every_caller)
    if setting.kind is PolicyKind.TRUST:
        actions = tuple(("sts", action.partition(":")[2]) for action in sorted(TRUST_ACTIONS))
        return Region(actions, region.spots, region.atoms, region.callers)
    return region


_OPEN = {
    PolicyKind.RESOURCE: "the caller is of another account, whose own policies allow them everything",
    PolicyKind.TRUST: "the caller is of another account, whose own policies allow them everything",
    PolicyKind.SCP: "every other policy allows the request, the SCPs of other levels too",
    PolicyKind.RCP: "every other policy allows the request, and its service takes part in RCPs",
    PolicyKind.VPC_ENDPOINT: "the request goes through the endpoint, and every other policy allows it",
}


def assumptions(inquiry: _Inquiry) -> tuple[str, ...]:
    """What the answer takes for granted, in a person's words."""
    setting = inquiry.setting
    if setting.principal is not None:
        found = ["the resources are of the caller's account, and their own policies leave the decision to it"]
    else:
        found = [_OPEN.get(setting.kind, "no other policy denies the request; key policies leave it to the account")]
    sides = (inquiry.new, inquiry.old) if inquiry.old is not None else (inquiry.new,)
    statements = [term.statement for side in sides for term in side.terms]
    if setting.principal is None and any(one.effect == "Deny" and one.not_principals is not None for one in statements):
        found.append("the caller has no permissions boundary, with which a Deny with `NotPrincipal` always holds")
    keys = {condition.key.lower() for one in statements for condition in one.conditions}
    single = sorted(
        key for key in keys - inquiry.problem.letters.known.keys() if inquiry.problem.held_under(key) is Cardinality.ONE
    )
    if single:
        spelled = ", ".join((setting.spelling or {}).get(key, key) for key in single[:6])
        more = f" and {len(single) - 6} more keys" if len(single) > 6 else ""
        found.append(f"a request holds one value under {spelled}{more}, as AWS's tables say")
    return tuple(found)
