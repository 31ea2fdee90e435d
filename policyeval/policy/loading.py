"""Policies from files and texts, in the shapes in which AWS's tools hand them out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from policyeval import jsontext
from policyeval.errors import PolicyError
from policyeval.limits import STATEMENTS, LimitError, most
from policyeval.locating import locate
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.policy.problems import Problem
from policyeval.policy.values import is_text, type_name
from policyeval.reading import read_source
from policyeval.source import Holder, Pointer, Source, child

_WRAPPERS: tuple[tuple[str, ...], ...] = (
    ("PolicyVersion", "Document"),  # iam get-policy-version
    ("PolicyDocument",),  # iam get-user-policy, get-role-policy, get-group-policy
    ("Role", "AssumeRolePolicyDocument"),  # iam get-role
    ("Policy", "Content"),  # organizations describe-policy
    ("Policy",),  # s3api get-bucket-policy, kms get-key-policy, lambda get-policy
    ("ResourcePolicy",),  # secretsmanager get-resource-policy
    ("Attributes", "Policy"),  # sqs get-queue-attributes, sns get-topic-attributes
)

_ENCODED = re.compile(r"(?:\s|%20|%0[9AD])*%7B", re.IGNORECASE)
"""How a document begins that was URL-encoded (IAM API Reference, GetPolicyVersion), white space first or not."""


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Document(NamedTuple):
    """A decoded policy document, and where it stands: at `pointer` of `source`."""

    value: object
    source: Source
    pointer: Pointer


def load_policy(path: str, kind: PolicyKind) -> Policy:
    """Read a policy file; raises `ReadError`, `JsonSyntaxError`, `PolicyError` or `LimitError`, located."""
    return policy_of(find_document(read_source(path)), kind, path)


def parse_policy(document: object, kind: PolicyKind, name: str) -> Policy:
    """Read a policy from decoded JSON, or from JSON text; raises as `load_policy`."""
    if isinstance(document, str):
        return policy_of(find_document(Source(name, document)), kind, name)
    policy, problems = read_policy(document, kind, name=name)
    if problems:
        raise problems[0].error(None, name)
    return policy


def policy_of(document: Document, kind: PolicyKind, name: str) -> Policy:
    """The policy of a document; raises `PolicyError` for the first reason for which AWS would refuse it, and
    `LimitError` as `examine` does."""
    policy, problems = examine(document, kind, name)
    if problems:
        raise problems[0].error(document.source, document.source.name)
    return policy


def examine(document: Document, kind: PolicyKind, name: str) -> tuple[Policy, tuple[Problem, ...]]:
    """What could be read of a document, and everything for which AWS would refuse it.

    Raises `LimitError`, located, for more statements than `limits.STATEMENTS`.
    """
    statements = document.value.get("Statement") if isinstance(document.value, Mapping) else None
    if isinstance(statements, list) and len(statements) > most(STATEMENTS):
        message = f"the policy has {len(statements):,} statements, more than {most(STATEMENTS):,}"
        span = locate(document.source).find(child(document.pointer, "Statement"), key=True)
        raise LimitError(message, source=document.source, span=span, help=STATEMENTS.help)
    return read_policy(document.value, kind, name=name, source=document.source, pointer=document.pointer)


def find_document(source: Source) -> Document:
    """The policy document of a JSON text: the whole of it, or what an AWS command wrapped it in.

    Documents that AWS hands out as strings (URL-encoded, or JSON inside JSON) are decoded into a source of their own.
    Raises `JsonSyntaxError`, or `PolicyError` for a text that holds no policy.
    """
    value = jsontext.decode(source)
    found = unwrap(value, source)
    if found is None:
        raise PolicyError(
            f"the file holds {type_name(value)} that is no policy",
            rule="not-a-policy",
            source=source,
            name=source.name,
            help="a policy is an object with `Statement`, or the output of a command such as "
            "`aws iam get-policy-version`",
        )
    return found


def unwrap(value: object, source: Source) -> Document | None:
    """The policy document inside a decoded JSON value, or nothing when it does not look like one."""
    if not isinstance(value, Mapping):
        return None
    path, inner = wrapped(value)
    if path:
        return embedded(inner, source, child("", *path))
    return Document(value, source, "") if _is_policy(value) else None


def wrapped(value: Mapping[str, object]) -> tuple[tuple[str, ...], object]:
    """Where a command of AWS puts a document into its output, and what stands there; no path for an object itself."""
    if "Statement" not in value:
        for path in _WRAPPERS:
            inner: object = value
            for key in path:
                inner = inner.get(key) if isinstance(inner, Mapping) else None
            if inner is not None:
                return path, inner
    return (), value


def _is_policy(value: Mapping[str, object]) -> bool:
    """Whether an object is meant as a policy document. Other files have a `version` too, of something else."""
    members = {key.lower(): item for key, item in value.items()}
    if "statement" in members:
        return True
    version = members.get("version")
    return "version" in members and (
        members.keys() <= {"version", "id"} or (isinstance(version, str) and _DATE.fullmatch(version) is not None)
    )


def embedded(value: object, source: Source, pointer: Pointer) -> Document:
    """The document at a place of a larger one, decoded first when it stands there as a string.

    Raises `JsonSyntaxError` when the string is no JSON; the error's source is then named after the place.
    """
    if not is_text(value):
        return Document(value, source, pointer)
    text = str(value)
    encoded = _ENCODED.match(text) is not None
    if encoded:
        text = unquote(text)
    inner = Source(f"{source.name}#{pointer}", text, Holder(source, pointer, encoded))
    return Document(jsontext.decode(inner), inner, "")
