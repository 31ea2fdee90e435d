"""Who may do an action: the users and roles of an account, and whom the resource's own policy lets in from outside.

Two things make it fast, and `indexed` turns both off. Statements that do not speak of the action are left out before
anyone is asked for: of 80 statements of a member some 5 remain. And members whose remaining policies are the same get
the same answer, found once, unless something that is judged could tell them apart: a variable, a condition on a key
that belongs to the caller, a principal that names one of them.

Source: IAM User Guide, reference_policies_evaluation-logic; semantics sections 6 and 7.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from policyeval.account.account import Account
from policyeval.account.model import Role, User
from policyeval.errors import RequestError
from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import uncertainties
from policyeval.evaluation.policies import Attached, PolicySet, speaks_of_action
from policyeval.evaluation.reading import Assumption, Reading
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.evaluation.trace import Decision, Layer, StatementMatch, Uncertainty
from policyeval.policy.kind import TRUST_ACTIONS, PolicyKind
from policyeval.policy.model import CURRENT_VERSION, Entry, Policy, PrincipalEntry, Statement
from policyeval.syntax.arn import is_account_id, split_arn

OutsiderKind = Literal["Everyone", "AnyAccount", "Account", "Principal", "Service", "Federated"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one caller gets.

    `depends_on` are the missing context keys whose value could change it: take an allow away, or turn a denial into
    an allow, as `could_be_allowed` then says. `uncertain` are the disputes on which the decision hangs.
    """

    decision: Decision
    deciding: tuple[StatementMatch, ...]
    could_be_allowed: bool
    depends_on: tuple[str, ...]
    uncertain: tuple[Uncertainty, ...]

    @property
    def is_allowed(self) -> bool:
        return self.decision is Decision.ALLOWED


@dataclass(frozen=True, slots=True)
class Member:
    """A user or role of the account; `name` is how a person names it: `alice`, `role/deploy`."""

    name: str
    arn: str
    kind: Literal["User", "Role"]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Outsider:
    """Whom the resource's policy lets in beside the account's users and roles. `name` is its own word for them."""

    name: str
    kind: OutsiderKind
    answer: Answer


@dataclass(frozen=True, slots=True)
class WhoCan:
    """Who may do `action` on `resource`, which is what AWS authorises: `*` for an action without resources."""

    action: str
    resource: str
    root: Answer
    members: tuple[Member, ...]
    outsiders: tuple[Outsider, ...]

    @property
    def allowed(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.answer.is_allowed)

    @property
    def possible(self) -> tuple[Member, ...]:
        """Those who are denied and would be allowed with context that the request does not have."""
        return tuple(member for member in self.members if member.answer.could_be_allowed)

    @property
    def uncertain(self) -> dict[Dispute, tuple[str, ...]]:
        """The disputes on which answers hang, each with the names of those who get them."""
        found: dict[Dispute, tuple[str, ...]] = {}
        answers = [("root", self.root)]
        answers += [(member.name, member.answer) for member in self.members]
        answers += [(outsider.name, outsider.answer) for outsider in self.outsiders]
        for name, answer in answers:
            for each in answer.uncertain:
                found[each.dispute] = (*found.get(each.dispute, ()), name)
        return found

    @property
    def denied(self) -> tuple[Member, ...]:
        """Those who are denied whatever the missing context."""
        return tuple(m for m in self.members if not m.answer.is_allowed and not m.answer.could_be_allowed)


def who_can(
    account: Account,
    action: str,
    resource: str | Resource | Mapping[str, object] = "*",
    context: Mapping[str, ContextValue] | None = None,
    time: datetime | None = None,
    *,
    indexed: bool = True,
) -> WhoCan:
    """Ask for every user and role of an account; raises `RequestError` for an action or resource that cannot be.

    `time` is the clock's, now when left out.

    `indexed` off asks for each member anew with all of its policies, which is what the answer means.
    """
    root = account.request("root", action, resource, context, time)
    members = _Members(account, root, indexed=indexed)
    return WhoCan(
        action=root.action,
        resource=root.resource.arn,
        root=_answer(account.policy_set(root), root),
        members=tuple(members.ask()),
        outsiders=tuple(_outsiders(account, root)),
    )


# ---- one caller


def _answer(policies: PolicySet, request: Request) -> Answer:
    """Decide, and find the missing keys on which the decision hangs by assuming the best, or the worst, of them."""
    reading = Reading()
    verdict = decide(policies, request, reading)
    allowed = verdict.decision is Decision.ALLOWED
    uncertain = uncertainties(policies, request, verdict.decision, tuple(reading.touched))
    every = frozenset(reading.asked)
    if not every:
        return Answer(verdict.decision, verdict.deciding, False, (), uncertain)
    way = Assumption.HURTFUL if allowed else Assumption.HELPFUL

    def changes(keys: frozenset[str]) -> Verdict | None:
        other = decide(policies, request, Reading(assumption=way, open_keys=keys))
        return other if (other.decision is Decision.ALLOWED) is not allowed else None

    changed = changes(every)
    if changed is None:
        return Answer(verdict.decision, verdict.deciding, False, (), uncertain)
    keys = {key for key in every if changes(frozenset({key})) or changes(every - {key}) is None}
    if not keys:  # several ways, each of several keys: one of them
        keys = set(every)
        for key in reading.asked:
            if changes(frozenset(keys - {key})):
                keys.remove(key)
    deciding = verdict.deciding if allowed else changed.deciding
    depends_on = tuple(sorted(name for key, name in reading.asked.items() if key in keys))
    return Answer(verdict.decision, deciding, not allowed, depends_on, uncertain)


# ---- the account's own


class _Traits(NamedTuple):
    """What a policy is to an action: `spoken` is what is left of it, nothing when it does not speak of the action.

    `policy` keeps it alive, so that its identity stays its own.
    """

    policy: Policy
    spoken: Policy | None
    is_personal: bool


class _Members:
    """Asks for every member, and remembers the answers that others may share."""

    def __init__(self, account: Account, root: Request, *, indexed: bool) -> None:
        self.account = account
        self.root = root
        self.traits: dict[int, _Traits] = {}
        self.answers: dict[Hashable, Answer] = {}
        self.indexed = indexed
        common = list(self.common())
        self.sharing = indexed and not any(self.trait(attached.policy).is_personal for attached in common)
        self.named = frozenset(_named(attached.policy for attached in common))

    def common(self) -> Iterator[Attached]:
        """The policies that have a say whoever asks."""
        policies = self.account.policy_set(self.root)
        for layer in (Layer.SCP, Layer.RCP, Layer.RESOURCE, Layer.SETTINGS):
            for _, attached in policies.layer(layer):
                yield attached

    def ask(self) -> Iterator[Member]:
        for user in self.account.users.values():
            yield Member(user.name, user.arn, "User", self.answer(user, self.account.user_principal(user.name)))
        for role in self.account.roles.values():
            principal = self.account.role_principal(role.name)
            yield Member(f"role/{role.name}", role.arn, "Role", self.answer(role, principal))

    def answer(self, holder: User | Role, principal: Principal) -> Answer:
        request = Request(principal, self.root.action, self.root.resource, self.root.context, self.root.time)
        policies = self.account.policy_set(request)
        if not self.indexed:
            return _answer(policies, request)
        key = self.key(holder, principal, policies) if self.sharing else None
        if key is None:
            return _answer(self.spoken(policies), request)
        if key not in self.answers:
            self.answers[key] = _answer(self.spoken(policies), request)
        return self.with_own_origins(self.answers[key], policies)

    def key(self, holder: User | Role, principal: Principal, policies: PolicySet) -> Hashable | None:
        """What an answer hangs on; nothing when it hangs on who asks."""
        if self.named & {holder.arn, principal.arn, holder.unique_id}:
            return None
        identity = [self.trait(attached.policy) for attached in policies.identity]
        boundary = self.trait(policies.boundary.policy) if policies.boundary is not None else None
        if any(trait.is_personal for trait in identity) or (boundary is not None and boundary.is_personal):
            return None
        speaking = tuple(id(trait.policy) for trait in identity if trait.spoken is not None)
        limit = id(boundary.policy) if boundary is not None else None
        return principal.type, principal.service_linked, speaking, limit

    def with_own_origins(self, answer: Answer, policies: PolicySet) -> Answer:
        """A shared answer, with the ways in which its policies came to apply to this member."""
        origins: dict[int, list[str | None]] = {}
        for attached in policies.identity:
            origins.setdefault(id(self.trait(attached.policy).spoken), []).append(attached.origin)
        told: dict[tuple[int, int], int] = {}
        deciding = []
        for match in answer.deciding:
            if match.layer is Layer.IDENTITY:
                # A policy attached in two ways has each of its statements twice, in the order of the attachments.
                statement = (id(match.policy), match.statement.index)
                turn = told.get(statement, 0)
                told[statement] = turn + 1
                match = replace(match, origin=origins[id(match.policy)][turn])
            deciding.append(match)
        return replace(answer, deciding=tuple(deciding))

    def trait(self, policy: Policy) -> _Traits:
        found = self.traits.get(id(policy))
        if found is None:
            speaking = [statement for statement in policy if speaks_of_action(statement, self.root.action.lower())]
            spoken = replace(policy, statements=tuple(speaking)) if speaking else None
            found = _Traits(policy, spoken, any(map(_is_personal, speaking)))
            self.traits[id(policy)] = found
        return found

    def spoken(self, policies: PolicySet) -> PolicySet:
        """The policies without the statements that do not speak of the action: the same decisions, sooner.

        A boundary stays even when nothing of it is left, since its presence limits.
        """
        identity = []
        for attached in policies.identity:
            rest = self.trait(attached.policy).spoken
            if rest is not None:
                identity.append(replace(attached, policy=rest))
        boundary = policies.boundary
        if boundary is not None:
            rest = self.trait(boundary.policy).spoken or replace(boundary.policy, statements=())
            boundary = replace(boundary, policy=rest)
        return replace(policies, identity=tuple(identity), boundary=boundary)


_CALLERS_OWN = ("aws:username", "aws:userid", "aws:principalarn", "aws:principaltag/")
"""The keys, lower-cased, that tell two callers of one type and account apart (reference_policies_variables)."""


def _is_personal(statement: Statement) -> bool:
    """Whether a statement may judge two callers of one type and account differently, principals aside."""
    entries = [*(statement.resources or ()), *(statement.not_resources or ())]
    for condition in statement.conditions:
        if condition.key.lower().startswith(_CALLERS_OWN):
            return True
        entries.extend(condition.values)
    return any("${" in entry.text for entry in entries)


def _named(policies: Iterable[Policy]) -> Iterator[str]:
    """Every principal that a policy names, also by the id that AWS gave it."""
    for policy in policies:
        for statement in policy:
            for entry in (*(statement.principals or ()), *(statement.not_principals or ())):
                yield entry.text


# ---- those from outside


_EVERYTHING = Attached(
    Policy(
        PolicyKind.IDENTITY,
        (Statement(0, "", "Allow", actions=(Entry("*", ""),), resources=(Entry("*", ""),)),),
        CURRENT_VERSION,
        name="whatever the caller's own account allows",
    )
)
_STRANGER = Principal(PrincipalType.ACCOUNT)
"""A caller of whose account nothing is known: every key that would tell is missing, and so may have any value."""


def _outsiders(account: Account, root: Request) -> Iterator[Outsider]:
    """Whom the resource's policy lets in beside the account's users and roles, once each.

    Taken to have every right that their own account can give.
    """
    attached = account.resource_policy(root)
    if attached is None:
        return
    seen = set()
    for entry in _spoken_of(attached.policy, root.action.lower()):
        for kind, name, principal in _callers(account, entry, root.action):
            if (kind, name) in seen:
                continue
            seen.add((kind, name))
            request = Request(principal, root.action, root.resource, root.context, root.time)
            policies = account.policy_set(request)
            if principal.account != account.id:
                policies = replace(policies, identity=(_EVERYTHING,))
            answer = _answer(policies, request)
            if answer.is_allowed or answer.could_be_allowed:
                grants = tuple(match for match in answer.deciding if match.layer is Layer.RESOURCE)
                yield Outsider(name, kind, replace(answer, deciding=grants))
                if kind == "Everyone" and answer.is_allowed and not answer.depends_on:
                    seen.add(("AnyAccount", _ANY_ACCOUNT))


_ANY_ACCOUNT = "any AWS account"


def _spoken_of(policy: Policy, action: str) -> Iterator[PrincipalEntry]:
    """Whom the Allows that speak of an action, in lower case, name; everyone, of one that names who is left out."""
    for statement in policy:
        if statement.effect != "Allow" or not speaks_of_action(statement, action):
            continue
        yield from statement.principals or ()
        if statement.not_principals is not None:
            yield PrincipalEntry("AWS", "*", statement.element("NotPrincipal"))


def _callers(account: Account, entry: PrincipalEntry, action: str) -> Iterator[tuple[OutsiderKind, str, Principal]]:
    """The callers of whom an entry speaks, other than the account and its users and roles."""
    if entry.type == "Service":
        yield "Service", entry.text, Principal(PrincipalType.SERVICE, service=entry.text)
    elif entry.type == "Federated":
        yield "Federated", entry.text, Principal(PrincipalType.FEDERATED, provider=entry.text)
    elif entry.type == "AWS" and entry.text == "*":
        if action.lower() not in TRUST_ACTIONS:  # nobody assumes a role without credentials
            yield "Everyone", "everyone, without credentials", Principal(PrincipalType.ANONYMOUS)
        yield "AnyAccount", _ANY_ACCOUNT, _STRANGER
    elif entry.type == "AWS":
        yield from _named_caller(account, entry.text)


def _named_caller(account: Account, text: str) -> Iterator[tuple[OutsiderKind, str, Principal]]:
    """An account, user, role or session by its id or ARN."""
    segments = split_arn(text)
    owner = text if is_account_id(text) else segments[4] if len(segments) == 6 else ""
    is_whole_account = is_account_id(text) or (len(segments) == 6 and segments[5] == "root")
    try:
        if owner == account.id:
            # The account's own users and roles are members already; single sessions of theirs are not.
            if len(segments) == 6 and segments[2] == "sts":
                yield "Principal", text, account.own(text)
            return
        kind: OutsiderKind = "Account" if is_whole_account else "Principal"
        yield kind, owner if is_whole_account else text, Principal.from_arn(text)
    except RequestError:
        return  # what remains of a deleted user or role matches nobody


def by_kind(members: Sequence[Member]) -> tuple[int, int]:
    """How many of some members are users, and how many roles."""
    users = sum(member.kind == "User" for member in members)
    return users, len(members) - users
