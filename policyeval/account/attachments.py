"""Policies as an account refers to them: by path, by managed policy ARN, or written out in place."""

from __future__ import annotations

import os
from collections.abc import Mapping

from policyeval.account.model import ManagedPolicy
from policyeval.errors import ReadError
from policyeval.evaluation.policies import Attached
from policyeval.fields import Field
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, embedded, find_document, policy_of
from policyeval.policy.model import Policy
from policyeval.policy.spelling import respell
from policyeval.reading import read_source
from policyeval.vocabulary import did_you_mean


class PolicyShelf:
    """Loads each policy file once, and reads each document once for every kind that it is used as.

    `directory` is where relative paths start: that of the account file. `account` is the id that the guide's
    placeholder stands for; `exact` leaves every character as AWS would take it.
    """

    def __init__(self, directory: str, account: str, *, exact: bool) -> None:
        self.directory = directory
        self.account = account
        self.exact = exact
        self.documents: dict[str, Document] = {}
        self.attached: dict[tuple[str, PolicyKind], Attached] = {}
        self.managed: dict[str, Document] = {}
        self.places: dict[str, Field] = {}

    def add_managed(self, arn: Field, document: Document) -> None:
        """Make a managed policy known by its ARN, which stands in the account at that place."""
        self.managed[arn.text()] = document
        self.places[arn.text()] = arn

    def managed_policies(self) -> tuple[ManagedPolicy, ...]:
        """Every managed policy that was made known, and whether it was attached to anything since."""
        used = {name for name, _ in self.attached}
        return tuple(ManagedPolicy(arn, arn in used, at.pointer, at.source) for arn, at in self.places.items())

    def attach(self, field: Field, kind: PolicyKind, origin: str | None) -> Attached:
        """The policy that a member of the account file refers to; raises `AccountError`, located there."""
        if isinstance(field.value, Mapping):
            name = f"{field.source.name}#{field.pointer}"
            return self.finish(policy_of(Document(field.value, field.source, field.pointer), kind, name), origin)
        reference = field.text()
        if reference.startswith("arn:"):
            return self.attach_managed(field, reference, kind, origin)
        path = os.path.normpath(os.path.join(self.directory, reference))
        key = (path, kind)
        if key not in self.attached:
            self.attached[key] = self.finish(policy_of(self.document(field, path), kind, path), None)
        found = self.attached[key]
        return Attached(found.policy, origin, found.notes)

    def attach_managed(self, field: Field, arn: str, kind: PolicyKind, origin: str | None) -> Attached:
        document = self.managed.get(arn)
        if document is None:
            raise field.error(
                f"the account names `{arn}` but does not hold it",
                help=did_you_mean(arn, self.managed)
                or f"save it with `aws iam get-policy-version --policy-arn {arn} --version-id …` "
                "and name the file under `managed-policies`",
            )
        key = (arn, kind)
        if key not in self.attached:
            self.attached[key] = self.finish(policy_of(document, kind, arn.rsplit("/", 1)[-1]), None)
        found = self.attached[key]
        return Attached(found.policy, origin, found.notes)

    def written_document(self, field: Field) -> Document:
        """The document that a member of the account file holds, or names by its path."""
        if isinstance(field.value, Mapping):
            return Document(field.value, field.source, field.pointer)
        return self.document(field, os.path.normpath(os.path.join(self.directory, field.text())))

    def document(self, field: Field, path: str) -> Document:
        if path not in self.documents:
            try:
                source = read_source(path)
            except ReadError as error:
                raise field.error(error.message, help=error.help) from error
            self.documents[path] = find_document(source)
        return self.documents[path]

    def finish(self, policy: Policy, origin: str | None) -> Attached:
        """Read the guide's spellings as they were meant, unless told to be exact."""
        if self.exact:
            return Attached(policy, origin)
        respelled, notes = respell(policy, self.account)
        return Attached(respelled, origin, notes)

    def attach_all(self, field: Field | None, kind: PolicyKind, origin: str) -> tuple[Attached, ...]:
        """A list of policies, each attached once."""
        if field is None:
            return ()
        seen: dict[str, int] = {}
        attached = []
        for index, item in enumerate(field.items()):
            if isinstance(item.value, str) and seen.setdefault(str(item.value), index) != index:
                raise item.error(f"`{item.value}` is attached twice", help="remove one of the two")
            attached.append(self.attach(item, kind, origin))
        return tuple(attached)

    def attach_inline(self, field: Field, name: str, kind: PolicyKind, origin: str) -> Attached:
        """A document that stands in the export itself, as an object or as a URL-encoded string."""
        document = embedded(field.value, field.source, field.pointer)
        return self.finish(policy_of(document, kind, name), origin)
