"""From a decoded JSON document to a `Policy`, and everything for which AWS would refuse it.

Reading never stops at the first problem: the linter shows them all, the evaluator refuses the document for the first.
What AWS stores although it can never match (`s3:`, an action with a blank) is read as it stands.

Source: IAM User Guide, reference_policies_grammar; semantics sections 1.1 to 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from policyeval.policy.api_gateway import whole_arn
from policyeval.policy.kind import ElementRules, PolicyKind
from policyeval.policy.model import (
    CURRENT_VERSION,
    OLD_VERSION,
    Condition,
    Effect,
    Entry,
    Policy,
    PrincipalEntry,
    Statement,
)
from policyeval.policy.principals import PRINCIPAL_TYPES, is_aws_principal, type_of_bare
from policyeval.policy.problems import Problem
from policyeval.policy.values import is_text, type_name, value_text
from policyeval.source import Pointer, Source, child
from policyeval.syntax.action import has_wildcard_in_prefix
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import BASE_OPERATORS, Operator, parse_operator
from policyeval.syntax.wildcard import has_wildcard
from policyeval.vocabulary import did_you_mean, did_you_mean_one_of

TOP_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_BEYOND_LATIN = re.compile(r"[^\t\n\r\x20-\xff]")
_SID = re.compile(r"[A-Za-z0-9]*")


def read_policy(
    document: object,
    kind: PolicyKind,
    *,
    name: str = "policy",
    source: Source | None = None,
    pointer: Pointer = "",
) -> tuple[Policy, tuple[Problem, ...]]:
    """Read a document of decoded JSON; `pointer` is its place in `source`.

    The policy holds whatever could be understood. With problems it must not be used to decide anything.
    """
    reader = _Reader(kind)
    version, policy_id, statements = reader.read(document, pointer, source)
    policy = Policy(kind, statements, version, policy_id, name, source, pointer)
    return policy, tuple(reader.problems)


def _is_plain(text: str) -> bool:
    """Whether no string of a JSON or YAML text can hold more than printable ASCII: nothing is escaped, either."""
    return text.isascii() and "\\" not in text and "\x7f" not in text


class _Reader:
    """One pass over a document, collecting problems."""

    def __init__(self, kind: PolicyKind) -> None:
        self.kind = kind
        self.rules: ElementRules = kind.elements
        self.problems: list[Problem] = []
        self.sids: dict[str, int] = {}

    def report(
        self,
        rule: str,
        message: str,
        pointer: Pointer,
        *,
        on_key: bool = False,
        help: str | None = None,
        within: tuple[int, int] | None = None,
    ) -> None:
        self.problems.append(Problem(rule, message, pointer, on_key, help, within))

    def wrong_type(self, element: str, value: object, wanted: str, pointer: Pointer) -> None:
        self.report("data-type-mismatch", f"`{element}` is {type_name(value)}", pointer, help=f"AWS wants {wanted}")

    # ---- the document

    def read(
        self, document: object, pointer: Pointer, source: Source | None
    ) -> tuple[str | None, str | None, tuple[Statement, ...]]:
        if not isinstance(document, Mapping):
            self.report("data-type-mismatch", f"a policy is an object, not {type_name(document)}", pointer)
            return None, None, ()
        self.check_elements(document, TOP_ELEMENTS, pointer, "a policy")
        if self.rules.latin_only and not (source is not None and _is_plain(source.text)):
            self.check_characters(document, pointer)
        return (
            self.read_version(document, pointer),
            self.read_id(document, pointer),
            tuple(self.read_statements(document, pointer)),
        )

    def check_elements(
        self, members: Mapping[str, object], known: tuple[str, ...], pointer: Pointer, holder: str
    ) -> None:
        for name in members:
            if name not in known:
                self.report(
                    "invalid-policy-element",
                    f"`{name}` is no element of {holder}",
                    child(pointer, name),
                    on_key=True,
                    help=did_you_mean(name, known) or "remove it; AWS refuses elements that it does not know",
                )

    def check_characters(self, document: Mapping[str, object], pointer: Pointer) -> None:
        stack: list[tuple[object, Pointer]] = [(document, pointer)]
        while stack:
            value, place = stack.pop()
            if isinstance(value, Mapping):
                for key, member in value.items():
                    self.check_text(key, child(place, key), on_key=True)
                    stack.append((member, child(place, key)))
            elif isinstance(value, list | tuple):
                stack.extend((member, child(place, index)) for index, member in enumerate(value))
            elif isinstance(value, str):
                self.check_text(value, place)

    def check_text(self, text: str, pointer: Pointer, *, on_key: bool = False) -> None:
        found = None if text.isascii() and text.isprintable() else _BEYOND_LATIN.search(text)
        if found is not None:
            self.report(
                "unsupported-character",
                f"the character U+{ord(found.group()):04X} may not stand in {self.kind.title}",
                pointer,
                on_key=on_key,
                within=None if on_key else found.span(),
                help="IAM takes tab, line feed, carriage return and U+0020 to U+00FF",
            )

    def read_version(self, document: Mapping[str, object], pointer: Pointer) -> str | None:
        if "Version" not in document:
            if self.rules.requires_current_version:
                self.report(
                    "missing-version", f"{self.kind.title} needs a `Version`", pointer, help=f'add "{CURRENT_VERSION}"'
                )
            return None
        value, place = document["Version"], child(pointer, "Version")
        if not is_text(value):
            self.wrong_type("Version", value, f'the string "{CURRENT_VERSION}"', place)
            return None
        version = cast(str, value)
        allowed = (CURRENT_VERSION,) if self.rules.requires_current_version else (CURRENT_VERSION, OLD_VERSION)
        if version not in allowed:
            self.report(
                "invalid-version",
                f"`{version}` is no version of the policy language that {self.kind.title} may have",
                place,
                help=f"use `{CURRENT_VERSION}`; it is the version of the language, not the date of the policy",
            )
        return version

    def read_id(self, document: Mapping[str, object], pointer: Pointer) -> str | None:
        if "Id" not in document:
            return None
        if not is_text(document["Id"]):
            self.wrong_type("Id", document["Id"], "a string", child(pointer, "Id"))
            return None
        return cast(str, document["Id"])

    # ---- statements

    def read_statements(self, document: Mapping[str, object], pointer: Pointer) -> Iterator[Statement]:
        if "Statement" not in document:
            self.report("missing-statement", "the policy has no `Statement`", pointer)
            return
        value, place = document["Statement"], child(pointer, "Statement")
        if isinstance(value, Mapping):
            yield self.read_statement(value, 0, place)
        elif not isinstance(value, list | tuple):
            self.wrong_type("Statement", value, "an object or a list of objects", place)
        else:
            if not value:
                self.report("missing-statement", "`Statement` is an empty list", place, help="add a statement")
            for index, member in enumerate(value):
                if isinstance(member, Mapping):
                    yield self.read_statement(member, index, child(place, index))
                else:
                    self.report(
                        "data-type-mismatch", f"a statement is an object, not {type_name(member)}", child(place, index)
                    )

    def read_statement(self, members: Mapping[str, object], index: int, pointer: Pointer) -> Statement:
        self.check_elements(members, STATEMENT_ELEMENTS, pointer, "a statement")
        self.check_presence(members, pointer)
        statement = Statement(
            index=index,
            pointer=pointer,
            sid=self.read_sid(members, index, pointer),
            effect=self.read_effect(members, pointer),
            principals=self.read_principals(members, "Principal", pointer),
            not_principals=self.read_principals(members, "NotPrincipal", pointer),
            actions=self.read_strings(members, "Action", pointer),
            not_actions=self.read_strings(members, "NotAction", pointer),
            resources=self.read_resources(members, "Resource", pointer),
            not_resources=self.read_resources(members, "NotResource", pointer),
            conditions=tuple(self.read_conditions(members, pointer)),
        )
        self.check_actions(statement)
        self.check_resources(statement)
        return statement

    def check_presence(self, members: Mapping[str, object], pointer: Pointer) -> None:
        """The element rules of the policy's kind (semantics 1.3)."""
        rules, title = self.rules, self.kind.title
        for positive in ("Principal", "Action", "Resource"):
            if positive in members and f"Not{positive}" in members:
                self.report(
                    "unsupported-element-combination",
                    f"a statement has `{positive}` and `Not{positive}`",
                    child(pointer, f"Not{positive}"),
                    on_key=True,
                    help="keep one of the two",
                )
        if "Action" not in members and "NotAction" not in members:
            self.report("missing-action", "the statement has neither `Action` nor `NotAction`", pointer)
        if "NotAction" in members and not rules.accepts_not_action:
            self.refuse_element("rcp-syntax-error-notaction", "NotAction", pointer, "list the actions under `Action`")
        if not rules.principal:
            for name in ("Principal", "NotPrincipal"):
                if name in members:
                    self.refuse_element(
                        "scp-syntax-error-principal" if self.kind is PolicyKind.SCP else "unsupported-principal",
                        name,
                        pointer,
                        "remove it, or use the document as the resource policy that it looks like",
                    )
        elif "NotPrincipal" in members and not rules.not_principal:
            rule = {
                PolicyKind.TRUST: "role-trust-policy-syntax-error-notprincipal",
                PolicyKind.RCP: "rcp-syntax-error-principal",
            }.get(self.kind, "unsupported-principal")
            self.refuse_element(rule, "NotPrincipal", pointer, "name the principals under `Principal`")
        elif "Principal" not in members and "NotPrincipal" not in members:
            self.report("missing-principal", f"a statement of {title} names no `Principal`", pointer)
        if not rules.resource:
            for name in ("Resource", "NotResource"):
                if name in members:
                    self.refuse_element(
                        "role-trust-policy-syntax-error-resource",
                        name,
                        pointer,
                        "remove it; a trust policy speaks of the role that it is attached to",
                    )
        elif rules.requires_resource and "Resource" not in members and "NotResource" not in members:
            self.report("missing-resource", "the statement has neither `Resource` nor `NotResource`", pointer)

    def refuse_element(self, rule: str, name: str, pointer: Pointer, help: str) -> None:
        message = f"`{name}` may not stand in {self.kind.title}"
        self.report(rule, message, child(pointer, name), on_key=True, help=help)

    def read_effect(self, members: Mapping[str, object], pointer: Pointer) -> Effect:
        if "Effect" not in members:
            self.report("missing-effect", "the statement has no `Effect`", pointer, help="add `Allow` or `Deny`")
            return "Allow"
        value, place = members["Effect"], child(pointer, "Effect")
        if not is_text(value):
            self.wrong_type("Effect", value, '"Allow" or "Deny"', place)
            return "Allow"
        text = cast(str, value)
        if text not in ("Allow", "Deny"):
            self.report(
                "invalid-effect",
                f"`{text}` is no effect",
                place,
                help=did_you_mean_one_of(text, ("Allow", "Deny")),
            )
            return "Deny" if text.lower() == "deny" else "Allow"
        if text == "Allow" and self.rules.deny_only and not _is_full_access(members):
            self.report("rcp-syntax-error-allow", f"{self.kind.title} may only deny", place)
        return cast(Effect, text)

    def read_sid(self, members: Mapping[str, object], index: int, pointer: Pointer) -> str | None:
        if "Sid" not in members:
            return None
        value, place = members["Sid"], child(pointer, "Sid")
        if not is_text(value):
            self.wrong_type("Sid", value, "a string", place)
            return None
        sid = cast(str, value)
        if self.rules.strict_sid and _SID.fullmatch(sid) is None:
            self.report("unsupported-sid", f"the Sid `{sid}` holds other than letters and digits", place)
        if self.rules.strict_sid and sid and self.sids.setdefault(sid, index) != index:
            self.report(
                "unique-sids-required",
                f"the Sid `{sid}` is also that of statement {self.sids[sid] + 1}",
                place,
                help=f"Sids must be unique in {self.kind.title}",
            )
        return sid

    # ---- elements

    def read_strings(self, members: Mapping[str, object], name: str, pointer: Pointer) -> tuple[Entry, ...] | None:
        if name not in members:
            return None
        value, place = members[name], child(pointer, name)
        entries = tuple(self.string_entries(name, value, place))
        if value == [] and not self.rules.accepts_empty_lists:
            self.report(
                "empty-array-action" if name.endswith("Action") else "empty-array-resource",
                f"`{name}` is an empty list",
                place,
                help="IAM refuses a statement that names none",
            )
        return entries

    def read_resources(self, members: Mapping[str, object], name: str, pointer: Pointer) -> tuple[Entry, ...] | None:
        entries = self.read_strings(members, name, pointer)
        if entries is None or self.kind is not PolicyKind.RESOURCE:
            return entries
        return tuple(Entry(whole_arn(entry.text), entry.pointer) for entry in entries)

    def string_entries(self, name: str, value: object, place: Pointer) -> Iterator[Entry]:
        """The strings of an element that is a string or a list of strings."""
        if is_text(value):
            yield Entry(cast(str, value), place)
        elif isinstance(value, list | tuple):
            for index, member in enumerate(value):
                if is_text(member):
                    yield Entry(cast(str, member), child(place, index))
                else:
                    self.wrong_type(name, member, "strings", child(place, index))
        else:
            self.wrong_type(name, value, "a string or a list of strings", place)

    def check_actions(self, statement: Statement) -> None:
        for entry in (*(statement.actions or ()), *(statement.not_actions or ())):
            if has_wildcard_in_prefix(entry.text):
                self.report(
                    "wildcard-in-service-name",
                    f"the service of `{entry.text}` holds a wildcard",
                    entry.pointer,
                    help='AWS answers "vendor is not valid"; name the service, or use `*` alone',
                )
            elif self.rules.deny_only and statement.effect == "Deny" and not entry.text.strip("*:"):
                self.report(
                    "rcp-syntax-error-action",
                    f"{self.kind.title} may not name every action",
                    entry.pointer,
                    help="name the service, as in `s3:*`",
                )
            elif self.rules.only_service and self.names_another_service(entry.text):
                self.report(
                    "unsupported-action-in-policy",
                    f"`{entry.text}` may not stand in {self.kind.title}",
                    entry.pointer,
                    help="IAM takes only the actions of assuming the role; give other rights in a policy of the role",
                )

    def names_another_service(self, action: str) -> bool:
        service, colon, _name = action.partition(":")
        return bool(colon and service.strip("*")) and service.lower() != self.rules.only_service

    def check_resources(self, statement: Statement) -> None:
        for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
            text = entry.text
            if text and not text.strip("*"):
                continue
            segments = split_arn(text)
            if segments[0] != "arn":
                self.report(
                    "invalid-arn-prefix",
                    f"`{text}` is neither an ARN nor `*`",
                    entry.pointer,
                    help="the form is `arn:partition:service:region:account:resource`",
                )
            elif len(segments) < 6 and (
                self.kind is PolicyKind.RCP or (self.kind is PolicyKind.SCP and not text.endswith("*"))
            ):
                self.report(
                    "short-arn",
                    f"`{text}` has {len(segments)} of the six segments of an ARN",
                    entry.pointer,
                    help=f"{self.kind.title} takes whole ARNs",
                )

    # ---- principals

    def read_principals(
        self, members: Mapping[str, object], name: str, pointer: Pointer
    ) -> tuple[PrincipalEntry, ...] | None:
        if name not in members:
            return None
        value, place = members[name], child(pointer, name)
        if value == "*":
            return (PrincipalEntry("AWS", "*", place),)
        if is_text(value):
            self.report(
                "invalid-principal-format",
                f"`{name}` is the string `{value}`",
                place,
                help=f'write {{"{type_of_bare(str(value))}": "{value}"}}; only `*` may stand alone',
            )
            return (PrincipalEntry(type_of_bare(str(value)), str(value), place),)
        if not isinstance(value, Mapping):
            self.report(
                "invalid-principal-format",
                f"`{name}` is {type_name(value)}",
                place,
                help='write `"*"` or an object such as {"AWS": "111122223333"}',
            )
            return ()
        entries = []
        for key, texts in value.items():
            if key not in PRINCIPAL_TYPES:
                self.report(
                    "invalid-principal-key",
                    f"`{key}` is no type of principal",
                    child(place, key),
                    on_key=True,
                    help=did_you_mean_one_of(key, PRINCIPAL_TYPES),
                )
            for entry in self.string_entries(f"{name}.{key}", texts, child(place, key)):
                self.check_principal(key, entry)
                entries.append(PrincipalEntry(key, *entry))
        return tuple(entries)

    def check_principal(self, key: str, entry: Entry) -> None:
        if self.kind is PolicyKind.RCP and entry.text != "*":
            self.report("rcp-syntax-error-principal", f"`Principal` of {self.kind.title} is `*`", entry.pointer)
        elif has_wildcard(entry.text) and (entry.text != "*" or key not in ("AWS", "Federated")):
            self.report(
                "unsupported-wildcard-in-principal",
                f"the principal `{entry.text}` holds a wildcard",
                entry.pointer,
                help="use `*` with a condition on `aws:PrincipalArn`",
            )
        elif key == "AWS" and not is_aws_principal(entry.text):
            self.report(
                "invalid-principal-format",
                f"`{entry.text}` is no AWS principal",
                entry.pointer,
                help="give an account id, or the ARN of an account, user, role or session",
            )

    # ---- conditions

    def read_conditions(self, members: Mapping[str, object], pointer: Pointer) -> Iterator[Condition]:
        if "Condition" not in members:
            return
        block, place = members["Condition"], child(pointer, "Condition")
        if not isinstance(block, Mapping):
            self.wrong_type("Condition", block, "an object of operators", place)
            return
        for written, keys in block.items():
            at = child(place, written)
            operator = parse_operator(written)
            if operator is None and _is_key_like(written) and keys:
                self.report(
                    "invalid-condition-operator",
                    f"`{written}` is a condition key where an operator belongs",
                    at,
                    on_key=True,
                    help=f'put an operator around it, such as {{"StringEquals": {{"{written}": …}}}}',
                )
                continue
            if not isinstance(keys, Mapping):
                self.wrong_type(f"Condition.{written}", keys, "an object of condition keys", at)
                continue
            if operator is None:
                self.report_operator(written, keys, at)
            else:
                yield from self.read_condition_keys(operator, keys, at)

    def report_operator(self, written: str, keys: Mapping[str, object], pointer: Pointer) -> None:
        """IAM refuses an unknown operator only when its body is not empty (semantics 5.1)."""
        if not keys:
            return
        if written.lower().endswith("nullifexists"):
            self.report("null-with-if-exists", "`Null` takes no `IfExists`", pointer, on_key=True, help="write `Null`")
            return
        head, colon, base = written.rpartition(":")
        suffix = "IfExists" if base.endswith("IfExists") else ""
        best = did_you_mean(base.removesuffix("IfExists"), BASE_OPERATORS)
        self.report(
            "invalid-condition-operator",
            f"`{written}` is no condition operator",
            pointer,
            on_key=True,
            help=best.replace("`?", f"{suffix}`?").replace("`", f"`{head}{colon}", 1) if best else None,
        )

    def read_condition_keys(
        self, operator: Operator, keys: Mapping[str, object], pointer: Pointer
    ) -> Iterator[Condition]:
        seen: dict[str, str] = {}
        for key, value in keys.items():
            at = child(pointer, key)
            if seen.setdefault(key.lower(), key) != key:
                self.report(
                    "duplicate-keys-with-different-case",
                    f"`{key}` and `{seen[key.lower()]}` are the same condition key",
                    at,
                    on_key=True,
                    help="merge the two",
                )
            if ":" not in key:
                self.report(
                    "invalid-condition-key-format",
                    f"`{key}` is no condition key",
                    at,
                    on_key=True,
                    help="a key is `service:name`, such as `aws:SourceIp`",
                )
            yield Condition(operator, key, tuple(self.condition_values(key, value, at)), at)

    def condition_values(self, key: str, value: object, pointer: Pointer) -> Iterator[Entry]:
        if not isinstance(value, list | tuple):
            yield from self.condition_value(key, value, pointer)
            return
        for index, member in enumerate(value):
            yield from self.condition_value(key, member, child(pointer, index))

    def condition_value(self, key: str, value: object, pointer: Pointer) -> Iterator[Entry]:
        text = value_text(value)
        if text is None:
            self.wrong_type(key, value, "strings, numbers or booleans", pointer)
        else:
            yield Entry(text, pointer)


def _is_full_access(members: Mapping[str, object]) -> bool:
    """Whether a statement is that of RCPFullAWSAccess, the one Allow that resource control policies know.

    Source: Organizations User Guide, orgs_manage_policies_rcps.
    """
    whole = all(members.get(name) in ("*", ["*"]) for name in ("Principal", "Action", "Resource"))
    return whole and "Condition" not in members


def _is_key_like(text: str) -> bool:
    """Whether what stands for an operator is a key such as `aws:SourceIp`, and no operator with a qualifier."""
    prefix, colon, _ = text.partition(":")
    return bool(colon) and prefix.lower() not in ("forallvalues", "foranyvalue") and prefix.lower() == prefix
