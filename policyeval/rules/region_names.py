"""Names of Regions: known ones, ones that may be newer than the data, and the one that was meant.

Source: AWS General Reference, rande.
"""

from __future__ import annotations

import re

from policyeval.catalog.partitions import is_region, regions
from policyeval.vocabulary import nearest

_NUMBER = r"(.*-)(\d+)"
_AVAILABILITY_ZONE = r"(.*-\d+)[a-z]"


def may_be_region(text: str) -> bool:
    """Whether a name is that of a Region, or counts on from the known ones, as that of a newer Region does.

    >>> may_be_region("eu-west-1"), may_be_region("eu-west-4"), may_be_region("eu-west-9"), may_be_region("eu-wset-1")
    (True, True, False, False)
    """
    if is_region(text):
        return True
    found = re.fullmatch(_NUMBER, text)
    return found is not None and is_region(f"{found[1]}{int(found[2]) - 1}")


def did_you_mean_region(text: str) -> str | None:
    """The Region that was most likely meant: of a zone its own, else the nearest; none for a wrong number.

    >>> did_you_mean_region("eu-west-1a"), did_you_mean_region("US_EAST_1"), did_you_mean_region("Frankfurt")
    ('eu-west-1', 'us-east-1', None)
    """
    zone = re.fullmatch(_AVAILABILITY_ZONE, text)
    if zone is not None and is_region(zone[1]):
        return zone[1]
    numbered = re.fullmatch(_NUMBER, text)
    if numbered is not None and any(region.startswith(numbered[1]) for region in regions()):
        return None
    return nearest(text.lower().replace("_", "-"), regions(), cutoff=0.75)
