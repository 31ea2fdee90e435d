"""How many values a key has.

Source: IAM User Guide, reference_policies_condition-keys, "Value type"; the Service Authorization Reference, type of
each key (`ArrayOfString`).
"""

from __future__ import annotations

import pytest

from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.evaluation.context import MULTIVALUED_KEYS


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        *((key, Cardinality.LIST) for key in sorted(MULTIVALUED_KEYS)),
        ("aws:username", Cardinality.ONE),
        ("aws:principaltag/team", Cardinality.ONE),
        ("aws:sourceip", Cardinality.ONE),
        ("s3:prefix", Cardinality.ONE),
        ("ec2:resourcetag/team", Cardinality.ONE),
        ("dynamodb:attributes", Cardinality.EITHER),  # a list of one is often given as one value
        ("dynamodb:leadingkeys", Cardinality.EITHER),
        ("example.com:groups", Cardinality.EITHER),
        ("nosuch:key", Cardinality.EITHER),
    ],
)
def test_what_a_request_holds_under_a_key(key: str, expected: Cardinality) -> None:
    assert cardinality(key) is expected
