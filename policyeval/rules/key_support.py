"""Which actions support a condition key of a service.

Source: Service Authorization Reference: the keys of an action, of its resource types in that action, and of these
resource types themselves.
"""

from __future__ import annotations

from functools import lru_cache

from policyeval.catalog.catalog import catalog
from policyeval.catalog.key_template import fits_template
from policyeval.policy.model import Condition


@lru_cache(maxsize=8192)
def supports(action: str, key: str) -> bool:
    """Whether requests for an action (`service:Name`, in any case) can carry a key, which is given in lower case."""
    found = catalog().action(action)
    if found is None:
        return False
    service = catalog().service(found.service)
    names = set(found.all_condition_keys)
    for resource in found.resource_types:
        kind = service.resource_type(resource.name) if service is not None else None
        names.update(kind.condition_keys if kind is not None else ())
    if any(fits_template(name, key) for name in names):
        return True
    # The tables spell some templates in two ways: `secretsmanager:ResourceTag/tag-key` is also `.../${TagKey}`.
    head, slash, tag = key.partition("/")
    return bool(slash and tag) and any(name.lower() == f"{head}/tag-key" for name in names)


def is_false_without_key(condition: Condition) -> bool:
    """Whether a condition cannot hold for a request that lacks its key.

    Source: IAM User Guide, reference_policies_elements_condition_operators.
    """
    operator = condition.operator
    if operator.base == "Null":
        return all(value.text.lower() == "false" for value in condition.values)
    if operator.if_exists or (operator.is_negated and operator.qualifier is None):
        return False
    return operator.qualifier is None or operator.qualifier.value == "ForAnyValue"
