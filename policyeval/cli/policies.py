"""Policy files named on the command line: what kind they hold, and what they say."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import typer

from policyeval.config import Config
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import find_document
from policyeval.reading import read_source

KindName = Literal["identity", "permissionsBoundary", "session", "resource", "trust", "scp", "rcp", "vpcEndpoint"]
KindOption = Annotated[
    KindName | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"What kind of policy the files hold, inferred when left out: {', '.join(get_args(KindName))}.",
    ),
]


def kind_of(path: str, given: str | None, settings: Config, document: object = None) -> PolicyKind:
    """The kind of a policy file: `--kind`, else the configuration's globs, else what the document looks like."""
    if given is not None:
        return PolicyKind(given)
    import os

    from policyeval.suppression import file_fits

    file = os.path.relpath(path or os.curdir, settings.directory).replace(os.sep, "/")
    for pattern, name in settings.kinds:
        if file_fits(pattern, file):
            return PolicyKind(name)
    from policyeval.linter.kinds import infer_kind

    return infer_kind(document if document is not None else find_document(read_source(path)).value)
