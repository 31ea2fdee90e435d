"""`policyeval verify-proof`: check a certificate without trusting the prover."""

from __future__ import annotations

from typing import Annotated

import typer

from policyeval.cli.policies import KindOption, kind_of
from policyeval.config import load_config
from policyeval.policy.loading import load_policy
from policyeval.proof.checker import Flaw, check_certificate
from policyeval.reading import read_source


def verify_proof(
    certificate: Annotated[
        str, typer.Argument(metavar="FILE", help="What `policyeval prove … --certificate FILE` wrote.")
    ],
    old: Annotated[str, typer.Argument(metavar="OLD", help="The policy before.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The policy after.")],
    kind: KindOption = None,
) -> None:
    """Check that a certificate proves that NEW allows nothing that OLD does not, without trusting the prover.

    Exit status: 0 it does, 1 it does not, 2 could not do the job.
    """
    from policyeval import jsontext
    from policyeval.diagnostics.style import clean
    from policyeval.diagnostics.summary import plural

    own = kind_of(new, kind, load_config())
    policies = [load_policy(path, own) for path in (new, old)]
    try:
        steps = check_certificate(jsontext.decode(read_source(certificate)), *policies)
    except Flaw as flaw:
        print(f"NOT PROVED  {clean(str(flaw))}")
        raise typer.Exit(1) from None
    said = f"as {own.title}, `{new}` grants nothing beside `{old}`; {plural(steps, 'step')} checked"
    print(f"VERIFIED  {clean(said)}")
