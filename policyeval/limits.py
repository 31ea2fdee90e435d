"""The bounds of what is read, so that no file can hang or exhaust the program. docs/limits.md is their page.

Each is the value of an environment variable when that is set, so that whoever runs policyeval can raise it and no file
can.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Final, NamedTuple

from policyeval.errors import PolicyevalError


class LimitError(PolicyevalError):
    """A policy is beyond a limit, or a limit is set to something that it cannot be."""


class Limit(NamedTuple):
    """A bound: the variable that sets it, what it is otherwise, and the most that it may be."""

    variable: str
    default: int
    most: int
    what: str

    @property
    def help(self) -> str:
        """What to do about a file that is beyond it."""
        return f"`{self.variable}` in the environment raises the limit"


FILE_BYTES: Final = Limit("POLICYEVAL_MAX_BYTES", 100_000_000, 1 << 40, "bytes of a file")
DEPTH: Final = Limit("POLICYEVAL_MAX_DEPTH", 100, 300, "levels of nesting")
STATEMENTS: Final = Limit("POLICYEVAL_MAX_STATEMENTS", 2_000, 1 << 40, "statements of a policy")
ALIASED: Final = Limit("POLICYEVAL_MAX_ALIASED", 10_000, 1 << 40, "values by way of YAML aliases")
LINE_BYTES: Final = Limit("POLICYEVAL_MAX_LINE", 1 << 20, 1 << 40, "bytes of a line of bulk requests")
CONFIG_BYTES: Final = Limit("POLICYEVAL_MAX_CONFIG", 1_000_000, 1 << 40, "bytes of a configuration")
LIMITS: Final = (FILE_BYTES, DEPTH, STATEMENTS, ALIASED, LINE_BYTES, CONFIG_BYTES)


def check_settings() -> None:
    """Raise `LimitError` when the environment sets a limit to what it cannot be.

    At the start of a run: met in the middle of a file, such an error would pass for one of the file's.
    """
    for limit in LIMITS:
        most(limit)


@cache
def most(limit: Limit) -> int:
    """The value in force; read from the environment once. Raises `LimitError` for what is no number, or too large."""
    written = os.environ.get(limit.variable)
    if written is None:
        return limit.default
    digits = written.replace("_", "").replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20 and 0 < int(digits) <= limit.most):
        raise LimitError(
            f"`{limit.variable}` is no number from 1 to {limit.most:,}",
            help=f"it bounds the {limit.what}; without it the limit is {limit.default:,}",
        )
    return int(digits)
