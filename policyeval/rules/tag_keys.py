"""Condition keys that hold a tag's key after a slash: `aws:ResourceTag/team`, `ec2:ResourceTag/team`."""

from __future__ import annotations

from policyeval.catalog.catalog import catalog
from policyeval.catalog.global_keys import lacks_tag_key
from policyeval.catalog.key_template import template_head


def lacks_any_tag_key(key: str) -> bool:
    """Whether a key is one that needs a tag's key, without it: `aws:RequestTag`, `ec2:ResourceTag/`."""
    return lacks_tag_key(key) or lacks_service_tag_key(key)


def lacks_service_tag_key(key: str) -> bool:
    """The same for keys of services, of which some are whole without a tag (`s3:RequestObjectTagKeys`)."""
    service = catalog().service(key.partition(":")[0])
    if service is None or key.lower() in service.condition_keys:
        return False
    wanted = f"{key.lower().removesuffix('/')}/"
    return any(template_head(name) == wanted for name in service.condition_keys if "/" in name)
