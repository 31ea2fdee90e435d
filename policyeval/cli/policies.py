"""Policy files named on the command line: what kind they hold, and what they say."""

from __future__ import annotations

from collections.abc import Sequence

from policyeval.config import Config, load_config
from policyeval.linter.kinds import configured_kind, infer_kind
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import find_document, policy_of
from policyeval.policy.model import Policy
from policyeval.reading import read_source


def kind_of(path: str, given: str | None, settings: Config, document: object) -> PolicyKind:
    """The kind of a policy file: `--kind`, else the configuration's globs, else what the document looks like."""
    if given is not None:
        return PolicyKind(given)
    return configured_kind(settings, path) or infer_kind(document)


def read_policies(paths: Sequence[str], kind: str | None) -> tuple[Policy, ...]:
    """The policies of files, all of the kind of the first, each file read once.

    Raises what reading a policy raises.
    """
    documents = {path: find_document(read_source(path)) for path in dict.fromkeys(paths)}
    own = kind_of(paths[0], kind, load_config(), documents[paths[0]].value)
    return tuple(policy_of(documents[path], own, path) for path in paths)
