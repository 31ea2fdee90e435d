"""What a request is really authorised against.

An action without resource-level permissions is authorised against `*`, whatever the caller names: a statement with a
specific ARN does not apply to it (IAM User Guide, reference_policies_elements_resource; semantics 3.3). Which actions
these are only the catalog knows; an action that it does not know is taken as asked.
"""

from __future__ import annotations

from functools import lru_cache

from policyeval.evaluation.request import Request, Resource


def authorised_request(request: Request) -> Request:
    """The request with `*` for its resource, when the action has no resource-level permissions."""
    if request.resource.arn == "*" or not is_authorised_on_star(request.action.lower()):
        return request
    return request.with_resource(Resource("*", request.resource.account, request.resource.management_account))


@lru_cache(maxsize=65536)
def is_authorised_on_star(action: str) -> bool:
    """Whether the catalog knows a lower-cased action as one without resource-level permissions."""
    from policyeval.catalog.catalog import catalog

    known = catalog().action(action)
    return known is not None and known.is_wildcard_only
