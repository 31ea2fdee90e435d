"""Amazon Resource Names: `arn:partition:service:region:account:resource`.

Source: IAM User Guide, reference-arns. The resource part keeps its own colons and slashes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from policyeval.errors import RequestError


class Arn(NamedTuple):
    """The six segments of an ARN, the first being always `arn`; the resource keeps its own colons."""

    prefix: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return ":".join(self)

    @property
    def resource_type(self) -> str:
        """The text before the first `/` or `:` of the resource part (`user` of `user/alice`), or all of it."""
        return self.resource.partition("/")[0].partition(":")[0]


def split_arn(text: str) -> list[str]:
    """The segments of an ARN or ARN pattern: at most six, fewer when it is cut short.

    >>> split_arn("arn:aws:logs:eu-west-1:123456789012:log-group:a:b")[5]
    'log-group:a:b'
    """
    return text.split(":", 5)


@lru_cache(maxsize=4096)
def parse_arn(text: str) -> Arn:
    """Read a concrete ARN; raises `RequestError` when it is none."""
    segments = split_arn(text)
    if segments[0] != "arn":
        raise RequestError(
            f"`{text}` is no ARN", help="an ARN begins with `arn:`, for example `arn:aws:s3:::bucket/key`"
        )
    if len(segments) < 6:
        raise RequestError(
            f"`{text}` is no ARN: it has {len(segments)} of six segments",
            help="the form is `arn:partition:service:region:account:resource`",
        )
    arn = Arn(*segments)
    if not arn.partition or not arn.service or not arn.resource:
        raise RequestError(
            f"`{text}` is no ARN: partition, service and resource may not be empty",
            help="the form is `arn:partition:service:region:account:resource`",
        )
    return arn


def is_account_id(text: str) -> bool:
    """Whether a text is an AWS account id: twelve digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()
