"""Case files read: `policyeval.test/1`, JSON or YAML.

What is wrong with the file as a whole is raised. What is wrong inside one case breaks that case alone, so that one
slip does not hide what the other three hundred say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from policyeval.account.account import Account
from policyeval.account.attachments import PolicyShelf
from policyeval.cases.model import SCHEMA, BrokenCase, Case, CaseFile, Expectation, Question
from policyeval.errors import CaseError, PolicyevalError, ReadError, RequestError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource, read_time
from policyeval.evaluation.scope import is_role
from policyeval.evaluation.trace import Decision, Layer
from policyeval.fields import Field, describe
from policyeval.policy.kind import PolicyKind
from policyeval.reading import read_document
from policyeval.source import Source
from policyeval.syntax.action import check_request_action
from policyeval.syntax.arn import is_account_id

FILE_KEYS = ("schema", "account", "cases", "$schema", "description")
CASE_KEYS = (
    "name",
    "request",
    "expect",
    "policies",
    "because",
    "expect-layer",
    "expect-statement",
    "expect-missing-context",
    "source",
    "confidence",
)
REQUEST_KEYS = ("principal", "action", "resource", "resources", "context", "time")
RESOURCE_KEYS = ("arn", "account", "managementAccount")
LAYER_KEYS = ("identity", "resource", "permissionsBoundary", "session", "scp", "rcp", "vpcEndpoint")
_SIGNED = ("type", "arn", "account", "managementAccount", "tags", "uniqueId")
PRINCIPAL_KEYS: Mapping[PrincipalType, tuple[str, ...]] = {
    PrincipalType.USER: _SIGNED,
    PrincipalType.ASSUMED_ROLE: (*_SIGNED, "roleArn", "serviceLinked"),
    PrincipalType.FEDERATED_USER: (*_SIGNED, "userArn"),
    PrincipalType.ACCOUNT: _SIGNED,
    PrincipalType.ANONYMOUS: ("type",),
    PrincipalType.SERVICE: ("type", "service"),
    PrincipalType.FEDERATED: ("type", "provider"),
}
"""What an object that describes a caller may hold, by the caller's type."""

T = TypeVar("T")


@dataclass
class Accounts:
    """The accounts that case files name, each read once. `default` is for cases that name none and have no policies."""

    default: Account | None = None
    exact: bool = False
    loaded: dict[str, Account] = field(default_factory=dict)

    def load(self, path: str) -> Account:
        """Raises what `Account.load` does."""
        key = os.path.realpath(path)
        if key not in self.loaded:
            self.loaded[key] = Account.load(path, exact=self.exact)
        return self.loaded[key]


def read_cases(path: str | os.PathLike[str], accounts: Accounts | None = None) -> CaseFile:
    """Read a file of cases.

    Raises `CaseError` for a file that is no `policyeval.test/1`, and whatever reading it or its account raises, each
    with its place. A case that cannot be asked is in the answer as a `BrokenCase`.
    """
    source, value = read_document(path)
    return parse_cases(source, value, accounts)


def parse_cases(source: Source, value: object, accounts: Accounts | None = None) -> CaseFile:
    """Read the decoded value of a case file; raises as `read_cases`."""
    root = Field(value, "", source, CaseError)
    schema = root.get("schema")
    if schema is None:
        raise root.error("`schema` is missing", help=f"a file of cases says `schema: {SCHEMA}`; `check` reads policies")
    if schema.value != SCHEMA:
        written = schema.text()
        raise schema.error(f"`{written}` is no schema that is known here", help=f"write `schema: {SCHEMA}`")
    root.mapping(FILE_KEYS)
    cases = list(root.need("cases").items())
    if not cases:
        raise root.need("cases").error("the file holds no cases")
    shelf = accounts if accounts is not None else Accounts()
    reader = _Reader(source, _account_of(root, shelf), shelf.default)
    return CaseFile(source, tuple(reader.read(case) for case in cases))


def _account_of(root: Field, accounts: Accounts) -> Account | None:
    named = root.get("account")
    if named is None:
        return None
    path = os.path.normpath(os.path.join(root.source.directory, named.text()))
    try:
        return accounts.load(path)
    except ReadError as error:
        raise named.error(f"the account cannot be read: {error.message}", help=error.help) from error


class _Reader:
    """Reads the cases of one file."""

    def __init__(self, source: Source, account: Account | None, default: Account | None) -> None:
        self.account = account
        self.default = default
        # Policies of a case are always taken exactly, so no account id stands for a placeholder.
        self.shelf = PolicyShelf(source.directory, "", exact=True)

    def read(self, case: Field) -> Case | BrokenCase:
        try:
            return self.case(case)
        except PolicyevalError as error:
            return BrokenCase(_name_of(case), case.source, case.pointer, error)

    def case(self, case: Field) -> Case:
        case.mapping(CASE_KEYS)
        name = case.need("name").text()
        expected = _expectation(case)
        request = case.need("request")
        request.mapping(REQUEST_KEYS)
        layers = case.get("policies")
        account = self.account
        if account is None and layers is None:
            account = self.default
            if account is None:
                raise case.error(
                    f"the case `{name}` has no policies and the file names no account",
                    help="write `policies` into the case, or `account: account.yaml` at the top of the file",
                )
        who = request.need("principal")
        return Case(
            name=name,
            file=case.source,
            pointer=case.pointer,
            who=str(who.value) if isinstance(who.value, str) else "",
            questions=self.questions(request, layers, account),
            expected=expected,
            because=_optional_text(case, "because"),
            reference=_optional_text(case, "source"),
            confidence=_optional_text(case, "confidence"),
        )

    # ---- the request

    def questions(self, request: Field, layers: Field | None, account: Account | None) -> tuple[Question, ...]:
        """One question for each resource."""
        given = _Layers(layers, self.shelf)
        principal = self.principal(request.need("principal"), account, described=given.has_identity)
        action = request.need("action")
        _checked(action, lambda: check_request_action(action.text()))
        context = context_of(request.get("context"))
        clock = request.get("time")
        time = _checked(clock, lambda: read_time(clock.text())) if clock is not None else None
        questions = []
        for place, resource in _resources(request):
            asked = Request(principal, action.text(), resource, context, time)
            if account is None:
                authorised = authorised_request(asked)
                base = PolicySet()
            else:
                authorised = _ask_account(account, asked, place)
                base = account.policy_set(authorised)
            questions.append(Question(authorised, base.beside(given.policies(asked))))
        return tuple(questions)

    def principal(self, who: Field, account: Account | None, *, described: bool) -> Principal:
        """The caller; `described` says that the case brings identity policies, which may be a stranger's."""
        if isinstance(who.value, Mapping):
            _check_principal(who)
            if account is not None:
                return _checked(who, lambda: account.principal(who.mapping()))
            return _checked(who, lambda: Principal.parse(who.value))
        text = who.text()
        if account is None:
            return _checked(who, lambda: _named_without_account(text))
        return _checked(who, lambda: account.principal(text, described=described))


class _Layers:
    """The policies that a case brings, by layer: those that do not depend on the request are read once."""

    def __init__(self, layers: Field | None, shelf: PolicyShelf) -> None:
        self.shelf = shelf
        self.resource = None
        self.given = PolicySet()
        self.has_identity = False
        if layers is None:
            return
        layers.mapping(LAYER_KEYS)
        self.resource = layers.get("resource")
        identity, session = layers.get("identity"), layers.get("session")
        self.has_identity = identity is not None
        self.given = PolicySet(
            identity=self.several(identity, PolicyKind.IDENTITY) if identity is not None else (),
            boundary=self.one(layers.get("permissionsBoundary"), PolicyKind.BOUNDARY),
            session=self.several(session, PolicyKind.SESSION) if session is not None else None,
            scp=self.levels(layers.get("scp"), PolicyKind.SCP),
            rcp=self.levels(layers.get("rcp"), PolicyKind.RCP),
            vpc_endpoint=self.one(layers.get("vpcEndpoint"), PolicyKind.VPC_ENDPOINT),
        )

    def policies(self, request: Request) -> PolicySet:
        """The case's policies; that of a resource is read as the kind that the request's resource has."""
        kind = PolicyKind.TRUST if is_role(request) else PolicyKind.RESOURCE
        return replace(self.given, resource=self.one(self.resource, kind))

    def one(self, place: Field | None, kind: PolicyKind) -> Attached | None:
        if place is None:
            return None
        if isinstance(place.value, str) and place.value.startswith("arn:"):
            raise place.error(
                f"`{place.value}` is an ARN, and a case has its policies with it",
                help="write the policy here, or the path of its file",
            )
        return self.shelf.attach(place, kind, None)

    def several(self, place: Field, kind: PolicyKind) -> tuple[Attached, ...]:
        found = (self.one(item, kind) for item in place.items())
        return tuple(attached for attached in found if attached is not None)

    def levels(self, place: Field | None, kind: PolicyKind) -> tuple[tuple[Attached, ...], ...] | None:
        if place is None:
            return None
        levels = list(place.items())
        for level in levels:
            if not isinstance(level.value, list):
                raise level.error(
                    f"a level of `{place.title}` is {describe(level.value)}, not a list of policies",
                    help="put it in brackets: a list of levels, the organization's root first, each a list",
                )
        return tuple(self.several(level, kind) for level in levels)


# ---- members of a case


def _expectation(case: Field) -> Expectation:
    place = case.get("expect")
    if place is None:
        raise case.error(
            f"the case `{_name_of(case)}` does not say what to expect",
            help="write `expect:` with `allowed`, `implicitDeny` or `explicitDeny`",
        )
    decision = Decision(place.choice([decision.value for decision in Decision]))
    layer, statement = case.get("expect-layer"), case.get("expect-statement")
    missing = case.get("expect-missing-context")
    if statement is not None and decision is Decision.IMPLICIT_DENY:
        raise statement.error(
            "no statement decides an implicit deny", help="leave out `expect-statement`, or expect another decision"
        )
    return Expectation(
        decision,
        Layer(layer.choice([name.value for name in Layer])) if layer is not None else None,
        statement.text() if statement is not None else None,
        tuple(key.text() for key in missing.items()) if missing is not None else None,
    )


def _resources(request: Field) -> list[tuple[Field, Resource]]:
    one, several = request.get("resource"), request.get("resources")
    if one is not None and several is not None:
        raise several.error("`resource` and `resources` are both given", help="keep one of the two", on_key=True)
    if several is not None:
        places = list(several.items())
        if not places:
            raise several.error("`resources` is empty")
        return [(place, _resource(place)) for place in places]
    return [(request, Resource("*"))] if one is None else [(one, _resource(one))]


def _resource(place: Field) -> Resource:
    if not isinstance(place.value, Mapping):
        text = place.text()
        return _checked(place, lambda: Resource.parse(text))
    place.mapping(RESOURCE_KEYS)
    return _checked(place, lambda: Resource.parse(place.value))


def _ask_account(account: Account, asked: Request, place: Field) -> Request:
    """The request with what the account knows."""
    parts = (asked.principal, asked.action, asked.resource, asked.context, asked.time)
    return _checked(place, lambda: account.request(*parts))


def _check_principal(who: Field) -> None:
    """An object that describes a caller holds what callers of its type have, and nothing else."""
    kind = PrincipalType(who.need("type").choice([member.value for member in PrincipalType]))
    own = PRINCIPAL_KEYS[kind]
    every = tuple(dict.fromkeys(key for keys in PRINCIPAL_KEYS.values() for key in keys))
    who.mapping(every)
    for key, member in who.members():
        if key not in own and member.value is not None:
            raise member.error(f"a caller of type `{kind.value}` has no `{key}`", on_key=True)


def _named_without_account(text: str) -> Principal:
    """A caller of whom the text itself says everything; raises `RequestError` for a bare name."""
    if Principal.from_name(text) is None and not text.startswith("arn:") and not is_account_id(text):
        raise RequestError(
            f"`{text}` is a bare name, and the file names no account",
            help="write the caller's ARN, or `account: account.yaml` at the top of the file",
        )
    return Principal.parse(text)


def context_of(place: Field | None) -> dict[str, ContextValue]:
    """Context keys; each has a text, a number, a boolean, or a list of these, and none comes twice."""
    if place is None:
        return {}
    context: dict[str, ContextValue] = {}
    seen: set[str] = set()
    for key, member in place.members():
        if key.lower() in seen:
            raise member.error(
                f"`{key}` is there twice, keys being compared without regard to case",
                help="keep one; a list gives a key several values",
                on_key=True,
            )
        seen.add(key.lower())
        values = list(member.items()) if isinstance(member.value, list) else [member]
        texts = [_context_text(key, value, in_list=isinstance(member.value, list)) for value in values]
        context[key] = texts if isinstance(member.value, list) else texts[0]
    return context


def _context_text(key: str, value: Field, *, in_list: bool) -> str | bool:
    if isinstance(value.value, bool):
        return value.value
    if isinstance(value.value, str):  # a number is the text that stands in the file
        return str(value.value)
    what = describe(value.value)
    where = "a value in the list of" if in_list else "the context value of"
    raise value.error(f"{where} `{key}` is {what}", help="give a text, a number, true or false, or a list of these")


def _optional_text(case: Field, key: str) -> str | None:
    place = case.get(key)
    return None if place is None else place.text()


def _name_of(case: Field) -> str:
    """A case's name when it has one, else its place in the file, counted from 1."""
    name = case.value.get("name") if isinstance(case.value, Mapping) else None
    return str(name) if isinstance(name, str) and name else f"case {int(case.title) + 1}"


def _checked(place: Field, read: Callable[[], T]) -> T:
    """What `read` returns; what it finds wrong with the request is said at its place in the case file."""
    try:
        return read()
    except RequestError as error:
        raise place.error(error.message, help=error.help) from error
