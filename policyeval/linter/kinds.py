"""Which kind of policy a file holds: as the configuration says, or as the document looks.

Source: semantics section 1.3. Only resource policies name principals, and of those only a role's trust policy speaks
of nothing but assuming the role. A boundary, a session policy and an SCP look like any identity policy, an RCP and the
policy of a VPC endpoint like any resource policy: for these the configuration or `--kind` has to say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyeval.config import Config
from policyeval.policy.kind import TRUST_ACTIONS, PolicyKind
from policyeval.suppression import file_fits, relative_file


def configured_kind(config: Config, file: str) -> PolicyKind | None:
    """The kind that the configuration gives a file; the first glob that fits decides."""
    if not config.kinds:
        return None
    relative = relative_file(config, file)
    return next((PolicyKind(kind) for pattern, kind in config.kinds if file_fits(pattern, relative)), None)


def infer_kind(document: object) -> PolicyKind:
    """The kind that a decoded policy document looks like."""
    statements = [statement for statement in _statements(document) if isinstance(statement, Mapping)]
    if not any("Principal" in statement or "NotPrincipal" in statement for statement in statements):
        return PolicyKind.IDENTITY
    actions = [action for statement in statements for action in _actions(statement)]
    if actions and all(action.lower() in TRUST_ACTIONS for action in actions):
        return PolicyKind.TRUST
    names_resources = any("Resource" in statement or "NotResource" in statement for statement in statements)
    if actions and not names_resources and all(action.lower().startswith("sts:") for action in actions):
        return PolicyKind.TRUST  # one that misspells an action, or names too many
    return PolicyKind.RESOURCE


def _statements(document: object) -> list[object]:
    value = document.get("Statement") if isinstance(document, Mapping) else None
    return list(value) if isinstance(value, list | tuple) else [value]


def _actions(statement: Mapping[str, object]) -> Iterator[str]:
    """What stands under `Action`; for `NotAction` something that is no action of assuming a role."""
    if "NotAction" in statement:
        yield "*"
    value = statement.get("Action", ())
    for action in value if isinstance(value, list | tuple) else (value,):
        yield action if isinstance(action, str) else "*"
