"""The global condition keys: `aws:` keys, and keys of one service that requests to any service can carry.

Source: IAM User Guide, reference_policies_condition-keys; semantics section 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from policyeval.catalog.key_template import fits_template, is_template, template_head
from policyeval.catalog.overlay import load_overlay
from policyeval.vocabulary import nearest

PrincipalKind = Literal["User", "AssumedRole", "FederatedUser", "Account", "Anonymous", "Service"]
Status = Literal["supported", "deprecated", "unsupported"]


@dataclass(frozen=True, slots=True)
class GlobalKey:
    """A key and when a request carries it.

    `name` is spelled as AWS spells it; a key with a tag is `aws:PrincipalTag/${TagKey}`.
    """

    name: str
    type: str
    """As `ConditionKey.type`."""
    presence: str
    """What the key hangs on, in one word: `always`, `signed`, `organization`, `vpc-endpoint`, `iam-user`, ..."""
    when: str
    """The same for people: the requests that carry the key."""
    absent_for: frozenset[PrincipalKind]
    """Kinds of principal whose requests never carry the key."""
    other_types: tuple[str, ...]
    """Types whose operators AWS accepts besides `type`."""
    sensitive: bool
    """Whether AWS says that wildcards make no sense in its values."""
    spoofable: bool
    """Whether the caller chooses the value."""
    services: frozenset[str]
    """The prefixes of the services that support it; empty when all do."""
    status: Status
    replacement: str | None
    """The key to use instead of one that is deprecated or unsupported."""
    source: str

    @property
    def multivalued(self) -> bool:
        return self.type.startswith("ArrayOf")

    @property
    def always_present(self) -> bool:
        """Whether every request carries the key, so that a condition need not think of its absence."""
        return self.presence == "always" and not self.absent_for


@lru_cache(maxsize=1)
def global_keys() -> Mapping[str, GlobalKey]:
    """All global keys by lower-cased name."""
    content = load_overlay("global_keys")
    keys = (
        GlobalKey(
            name=entry["name"],
            type=entry["type"],
            presence=entry["presence"],
            when=entry["when"],
            absent_for=frozenset(entry.get("absent_for", ())),
            other_types=tuple(entry.get("other_types", ())),
            sensitive=entry.get("sensitive", False),
            spoofable=entry.get("spoofable", False),
            services=frozenset(entry.get("services", ())),
            status=entry.get("status", "supported"),
            replacement=entry.get("replacement"),
            source=entry.get("source", content["source"]),
        )
        for entry in content["entries"]
    )
    return {key.name.lower(): key for key in keys}


def date_of_global_keys() -> str:
    """The day on which the keys and their services were last compared with AWS's page, as `2026-10-27`."""
    date: str = load_overlay("global_keys")["date"]
    return date


@lru_cache(maxsize=1)
def _templates() -> tuple[GlobalKey, ...]:
    return tuple(key for key in global_keys().values() if is_template(key.name))


@lru_cache(maxsize=4096)
def global_key(name: str) -> GlobalKey | None:
    """The entry for a key, in any case, or nothing when AWS has no such global key.

    >>> global_key("AWS:principaltag/Team").name
    'aws:PrincipalTag/${TagKey}'
    """
    found = global_keys().get(name.lower())
    if found is not None:
        return found
    return next((key for key in _templates() if fits_template(key.name, name)), None)


def lacks_tag_key(name: str) -> bool:
    """Whether a name is that of a tag key without the tag: `aws:ResourceTag` or `aws:ResourceTag/`.

    Source: IAM User Guide, access-analyzer-reference-policy-checks, MISSING_TAG_KEY_IN_CONDITION.
    """
    lower = name.lower().removesuffix("/")
    return any(template_head(key.name) == f"{lower}/" for key in _templates())


def did_you_mean_global_key(name: str) -> str | None:
    """The global key that is nearest to an unknown one; the tag after a `/` is kept."""
    head, slash, tag = name.partition("/")
    heads = {key.name.partition("/")[0] if is_template(key.name) else key.name for key in global_keys().values()}
    supported = [
        key for key in heads if (entry := global_keys().get(key.lower())) is None or entry.status == "supported"
    ]
    prefix, _, rest = head.partition(":")
    # What all of them begin with makes no two of them alike.
    by_rest = {key.partition(":")[2]: key for key in supported if key.partition(":")[0] == prefix.lower()}
    found = nearest(rest, by_rest)
    best = by_rest[found] if found is not None else None
    if best is None:
        return None
    takes_tag = global_keys().get(best.lower()) is None
    return f"{best}/{tag}" if takes_tag and slash else best
