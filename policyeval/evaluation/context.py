"""The context of a request: the keys given, and those that follow from the principal and the clock.

Source: IAM User Guide, reference_policies_condition-keys and reference_policies_variables (the table of principals);
semantics sections 4.1 and 8. Nothing else is invented: a key that was not given is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from policyeval.errors import RequestError
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request
from policyeval.policy.values import value_text

MULTIVALUED_KEYS = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
    }
)
"""The global keys that hold a list even of one value (reference_policies_condition-keys)."""


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a present key: its texts, and whether the key holds a list."""

    texts: tuple[str, ...]
    multivalued: bool


class Context(Mapping[str, Value]):
    """Context keys, compared without regard to case, the tag part too; an empty list is an absent key.

    `impossible` holds the lower-cased keys that this kind of principal never has, whatever the request.
    """

    __slots__ = ("_values", "impossible")

    def __init__(self, values: Mapping[str, ContextValue], impossible: frozenset[str] = frozenset()) -> None:
        self._values: dict[str, Value] = {}
        self.impossible = impossible
        for key, value in values.items():
            read = read_value(key, value)
            if read is not None:
                self._values[key.lower()] = read

    @staticmethod
    def of(request: Request) -> Context:
        """The whole context of a request; what it gives itself overrides what follows from the principal.

        Raises `RequestError` for a value that is no text, number, boolean or list of these.
        """
        given = {key.lower() for key in request.context}
        derived = {key: value for key, value in derive(request).items() if key.lower() not in given}
        return Context({**derived, **request.context}, impossible_keys(request.principal) - given)

    def __getitem__(self, key: str) -> Value:
        return self._values[key.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._values

    def variable(self, key: str) -> str | None:
        """The text that `${key}` stands for; nothing when the key is absent, empty or multivalued.

        Source: IAM User Guide, reference_policies_variables: only keys with a single value can be used.
        """
        value = self._values.get(key.lower())
        return None if value is None or value.multivalued else value.texts[0] or None


def derive(request: Request) -> dict[str, ContextValue]:
    """The keys that AWS fills in from the caller, the resource's owner and the clock."""
    return {**derive_from_request(request), **derive_from_principal(request.principal)}


KEYS_OF_EACH_REQUEST = frozenset({"aws:currenttime", "aws:epochtime", "aws:resourceaccount"})
"""The keys that follow from more than the caller, in lower case."""


def derive_from_request(request: Request) -> dict[str, ContextValue]:
    """The keys that follow from the clock and from the resource's owner: `KEYS_OF_EACH_REQUEST`."""
    now = request.time or datetime.now(UTC)
    keys: dict[str, ContextValue] = {
        "aws:CurrentTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now.timestamp())),
    }
    if request.resource.account is not None:
        keys["aws:ResourceAccount"] = request.resource.account
    return keys


def derive_from_principal(principal: Principal) -> dict[str, ContextValue]:
    """The keys that are the same in every request of a caller."""
    keys: dict[str, ContextValue] = {"aws:ViaAWSService": "false", **_derive_identity(principal)}
    if principal.type is PrincipalType.SERVICE and principal.service is not None:
        keys["aws:PrincipalIsAWSService"] = "true"
        keys["aws:PrincipalServiceName"] = principal.service
        keys["aws:PrincipalServiceNamesList"] = [principal.service]
    return keys


def _derive_identity(principal: Principal) -> dict[str, ContextValue]:
    keys: dict[str, ContextValue] = {}
    if principal.type is PrincipalType.ANONYMOUS:
        return {"aws:PrincipalType": "Anonymous", "aws:PrincipalAccount": "anonymous", "aws:userid": "anonymous"}
    if principal.type is PrincipalType.FEDERATED and principal.provider is not None:
        # The key tells of OIDC alone (reference_policies_condition-keys, aws:FederatedProvider).
        return {} if ":saml-provider/" in principal.provider else {"aws:FederatedProvider": principal.provider}
    if not principal.is_signed:
        return keys
    keys["aws:PrincipalType"] = principal.type.value
    keys["aws:PrincipalIsAWSService"] = "false"
    if principal.account is not None:
        keys["aws:PrincipalAccount"] = principal.account
    # The key holds the role, not the session (reference_policies_condition-keys; section 12, no. 19).
    arn = principal.role_arn if principal.type is PrincipalType.ASSUMED_ROLE else principal.arn
    if arn is not None:
        keys["aws:PrincipalArn"] = arn
    if principal.user_name is not None:
        keys["aws:username"] = principal.user_name
    user_id = _user_id(principal)
    if user_id is not None:
        keys["aws:userid"] = user_id
    for tag, value in (principal.tags or {}).items():
        keys[f"aws:PrincipalTag/{tag}"] = value
    return keys


def _user_id(principal: Principal) -> str | None:
    """`aws:userid` (reference_policies_variables): known for root and federated users, else only when given."""
    if principal.unique_id is not None:
        return principal.unique_id
    if principal.type is PrincipalType.ACCOUNT:
        return principal.account
    if principal.type is PrincipalType.FEDERATED_USER and principal.arn is not None:
        return f"{principal.account}:{principal.arn.rpartition('/')[2]}"
    return None


def impossible_keys(principal: Principal) -> frozenset[str]:
    """Lower-cased keys that no request of this principal can carry."""
    keys = set()
    if principal.type is not PrincipalType.USER:
        keys.add("aws:username")
    if principal.type in (PrincipalType.ANONYMOUS, PrincipalType.SERVICE):
        keys |= {"aws:principalorgid", "aws:principalorgpaths"}
    if principal.type is PrincipalType.ANONYMOUS:
        keys |= {"aws:principalarn", "aws:principalservicename", "aws:principalservicenameslist"}
    elif principal.type is not PrincipalType.SERVICE:
        keys |= {"aws:principalservicename", "aws:principalservicenameslist"}
    return frozenset(keys)


def read_value(key: str, value: ContextValue) -> Value | None:
    """The value of a key as texts; nothing for an empty list, which is an absent key. Raises `RequestError`."""
    if isinstance(value, list | tuple | set | frozenset):
        texts = tuple(_text(key, member) for member in value)
        return Value(texts, multivalued=True) if texts else None
    return Value((_text(key, value),), multivalued=key.lower() in MULTIVALUED_KEYS)


def _text(key: str, value: object) -> str:
    text = value_text(value)
    if text is not None:
        return text
    kind = "null" if value is None else "an object" if isinstance(value, Mapping) else "a list inside a list"
    if not isinstance(value, Mapping | Sequence) and value is not None:
        kind = type(value).__name__
    raise RequestError(
        f"the context value of `{key}` is {kind}", help="give a text, a number, true or false, or a list of these"
    )
