"""Templates of condition keys: `iam:ResourceTag/${TagKey}`, `s3:ExistingObjectTag/<key>`.

A placeholder stands for one character or more, of any kind: tag keys hold colons and slashes.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}|<[^<>]*>")


def is_template(name: str) -> bool:
    return _PLACEHOLDER.search(name) is not None


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str, ...]:
    return tuple(_PLACEHOLDER.split(template.lower()))


def template_head(template: str) -> str:
    """The lower-cased text before the first placeholder."""
    return _pieces(template)[0]


def fits_template(template: str, name: str) -> bool:
    """Whether a key name, in any case, is made from a template.

    Cost: linear in the name for each literal piece of the template; no backtracking, since a leftmost match of a piece
    leaves the most text to the rest.

    >>> fits_template("aws:ResourceTag/${TagKey}", "aws:resourcetag/Team"), fits_template("a:Tag/<key>", "a:Tag/")
    (True, False)
    """
    name = name.lower()
    pieces = _pieces(template)
    if len(pieces) == 1:
        return name == pieces[0]
    if not name.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = name.find(piece, at + 1)
        if found < 0:
            return False
        at = found + len(piece)
    return len(name) - len(pieces[-1]) > at and name.endswith(pieces[-1])
