"""`policyeval verify-proof`: check a certificate without trusting the prover."""

from __future__ import annotations

from typing import Annotated

import typer

from policyeval import jsontext
from policyeval.cli.options import ColorOption, KindOption, stdout_style
from policyeval.cli.policies import read_policies
from policyeval.diagnostics.style import clean
from policyeval.diagnostics.summary import plural
from policyeval.proof.checker import Flaw, check_certificate
from policyeval.reading import read_source


def verify_proof(
    certificate: Annotated[
        str, typer.Argument(metavar="FILE", help="What `policyeval prove … --certificate FILE` wrote.")
    ],
    old: Annotated[str, typer.Argument(metavar="OLD", help="The policy before.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The policy after.")],
    kind: KindOption = None,
    color: ColorOption = "auto",
) -> None:
    """Check that a certificate proves that NEW allows nothing that OLD does not, without trusting the prover.

    Exit status: 0 it does, 1 it does not, 2 could not do the job.
    """
    style = stdout_style(color)
    after, before = read_policies((new, old), kind)
    try:
        steps = check_certificate(jsontext.decode(read_source(certificate)), after, before)
    except Flaw as flaw:
        print(f"{style.paint('NOT PROVED', 'error')}  {clean(str(flaw))}")
        raise typer.Exit(1) from None
    said = f"as {after.kind.title}, `{new}` grants nothing beside `{old}`; {plural(steps, 'step')} checked"
    print(f"{style.paint('VERIFIED', 'good')}  {clean(said)}")
