"""Running whole commands, as a user's installation does: with the interpreter's compiled modules kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: Sequence[str], *, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory, env=_ENVIRONMENT)


def run_policyeval(arguments: Sequence[str], *, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", "policyeval", *arguments], directory=directory)


_MEASURED = (
    "import resource, subprocess as own, sys; own.run(sys.argv[1:], stdout=own.DEVNULL, stderr=own.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def peak_megabytes(arguments: Sequence[str]) -> float:
    """The most memory that any process of a run of policyeval had.

    Asked of a small interpreter that starts it, since a process is charged with what its parent held as it began.
    """
    ran = run([sys.executable, "-c", _MEASURED, sys.executable, "-m", "policyeval", *arguments])
    return int(ran.stdout) / 1024
