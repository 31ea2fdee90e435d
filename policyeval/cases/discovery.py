"""Finding case files that nobody named."""

from __future__ import annotations

import os
from collections.abc import Iterable

from policyeval.cases.model import FILE_SUFFIXES
from policyeval.errors import CaseError

ACCOUNT_CASES = "cases.yaml"
"""An account's own cases: the file of this name beside the account file."""

_PASSED_BY = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})


def find_case_files(paths: Iterable[str], account_file: str | None) -> list[str]:
    """The case files to run: those named, those below the folders named, and `cases.yaml` right inside such a folder.

    Without names they are all below the working directory, and the account's own. Raises `CaseError` when that finds
    none. Hidden folders, installed packages and links to folders are passed by.
    """
    named = list(paths)
    found: list[str] = []
    for path in named or ["."]:
        found.extend(case_files_below(path) if os.path.isdir(path) else [path])
    homes = named if named else [] if account_file is None else [os.path.dirname(account_file)]
    own = [os.path.normpath(os.path.join(home, ACCOUNT_CASES)) for home in homes]
    found.extend(path for path in own if os.path.isfile(path))
    if not found:
        where = "below the working directory" if not named else f"below `{'`, `'.join(named)}`"
        raise CaseError(
            f"no case files {where}",
            help="a case file ends in `.policytest.yaml`, `.yml` or `.json`, or is `cases.yaml` beside the account",
        )
    return list(dict.fromkeys(found))


def case_files_below(folder: str) -> list[str]:
    """Every case file below a folder, in the order of its path."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_BY)
        names = sorted(name for name in files if name.endswith(FILE_SUFFIXES))
        found.extend(os.path.normpath(os.path.join(place, name)) for name in names)
    return found
