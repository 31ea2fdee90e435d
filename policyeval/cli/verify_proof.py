"""`policyeval verify-proof`: check a certificate without trusting the prover."""

from __future__ import annotations

from typing import Annotated

import typer

from policyeval.proof.checker import Flaw, check_certificate
from policyeval.reading import read_source


def verify_proof(
    certificate: Annotated[
        str, typer.Argument(metavar="FILE", help="What `policyeval prove … --certificate FILE` wrote.")
    ],
    new: Annotated[
        str | None, typer.Option("--new", metavar="FILE", help="The new policy; must be the one that was proved.")
    ] = None,
    old: Annotated[
        str | None, typer.Option("--old", metavar="FILE", help="The old policy; must be the one that was proved.")
    ] = None,
) -> None:
    """Check that a certificate proves what it says, by a checker that shares nothing with the prover but its matcher.

    Exit status: 0 it does, 1 it does not, 2 could not do the job.
    """
    from policyeval import jsontext
    from policyeval.diagnostics.summary import plural

    document = jsontext.decode(read_source(certificate))
    given = {side: _document(path) for side, path in (("new", new), ("old", old)) if path is not None}
    try:
        steps = check_certificate(document, given)
    except Flaw as flaw:
        print(f"NOT PROVED  {flaw}")
        raise typer.Exit(1) from None
    print(f"VERIFIED  the new policy grants nothing new; {plural(steps, 'step')} checked")


def _document(path: str) -> object:
    from policyeval.policy.loading import find_document

    return find_document(read_source(path)).value
