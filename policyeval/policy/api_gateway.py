"""Resources of an API as the policy of an API Gateway API may write them.

Source: API Gateway Developer Guide, apigateway-resource-policies-examples.
"""

from __future__ import annotations

SHORT_API, WHOLE_API = "execute-api:/", "arn:aws*:execute-api:*:*:??????????/"


def whole_arn(resource: str) -> str:
    """The ARN for which the policy of an API may write `execute-api:/stage/method/path`; other text as it is.

    API Gateway fills in the region, the account and the id of its API, of ten letters and digits. Such a policy is only
    asked about its own API, so that wildcards in their place say the same.
    """
    return WHOLE_API + resource[len(SHORT_API) :] if resource.startswith(SHORT_API) else resource


def as_written(text: str) -> str:
    """A text about resources in which those of an API stand as in the policy, and not as `whole_arn` gives them.

    >>> as_written("`arn:aws*:execute-api:*:*:??????????/prod/*` is covered")
    '`execute-api:/prod/*` is covered'
    """
    return text.replace(WHOLE_API, SHORT_API)
