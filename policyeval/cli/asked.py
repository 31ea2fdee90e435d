"""What to say of a question that `prove` is asked: where it is about nothing, "proved" says nothing of the policy.

Actions, resources and keys that AWS's tables do not have are told and not refused: AWS adds some every week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyeval.catalog.catalog import catalog
from policyeval.catalog.global_keys import did_you_mean_global_key, global_key, lacks_tag_key
from policyeval.catalog.model import Action
from policyeval.catalog.suggest import did_you_mean_action
from policyeval.cli.questions import notes_on_action
from policyeval.proof.question import Asked
from policyeval.syntax.action import compile_action
from policyeval.syntax.wildcard import has_wildcard


def notes_on_question(asked: Asked) -> tuple[str, ...]:
    """What a person should know of the actions, resources and keys that they ask about."""
    found: list[str] = []
    actions: dict[str, list[Action]] = {}
    for pattern in asked.actions:
        actions[pattern] = _actions_of(pattern)
        if not actions[pattern]:
            found += _on_unknown(pattern)
    known = [action for some in actions.values() for action in some]
    if asked.actions and not known:
        found.append("AWS has none of the actions that are asked about, so this says nothing of the policy today")
    found += _on_resources(actions, asked.resources)
    found += _on_keys([condition.key for condition in asked.conditions])
    return tuple(dict.fromkeys(found))


def _actions_of(pattern: str) -> list[Action]:
    """The actions that AWS has for an entry of `Action`."""
    if not has_wildcard(pattern):
        known = catalog().action(pattern)
        return [known] if known is not None else []
    fits = compile_action(pattern)
    names = (name for name in catalog().all_actions() if fits(name.lower()))
    return [action for name in names if (action := catalog().action(name)) is not None]


def _on_unknown(pattern: str) -> Iterator[str]:
    if not has_wildcard(pattern):
        yield from notes_on_action(pattern, "*", "*")
        return
    best = did_you_mean_action(pattern, catalog())
    hint = f"; did you mean `{best}`?" if best else ""
    yield f"`{pattern}` fits none of AWS's list of actions of {catalog().date.isoformat()}{hint}"


def _on_resources(actions: dict[str, list[Action]], resources: Sequence[str]) -> Iterator[str]:
    """Actions that act on none of the resources, and resources that none of the actions acts on."""
    given = [text for text in resources if text.strip("*")]
    if not given or len(given) < len(resources):
        return
    meeting: set[str] = set()
    for pattern, known in actions.items():
        fitting = {text for text in given if any(_acts_on(action, text) for action in known)}
        meeting |= fitting
        if known and not fitting:
            yield f"`{pattern}` acts on none of the resources that are asked about{_forms(known)}"
    if meeting:
        for text in given:
            if text not in meeting:
                yield f"none of the actions that are asked about acts on `{text}`"


def _acts_on(action: Action, resource: str) -> bool:
    """Whether a resource of the action may be of a pattern; one whose resources are not all known may act on any."""
    if action.is_wildcard_only:
        return False
    service = catalog().service(action.service)
    kinds = [service.resource_type(one.name) for one in action.resource_types] if service is not None else []
    return any(kind is None or kind.could_be(resource) for kind in kinds)


def _forms(actions: Sequence[Action]) -> str:
    """The form of the ARNs on which the actions act, where there is one to tell."""
    if all(action.is_wildcard_only for action in actions):
        return ": AWS authorises it against `*`"
    kinds = [
        kind
        for action in actions
        if (service := catalog().service(action.service)) is not None
        for one in action.resource_types
        if (kind := service.resource_type(one.name)) is not None
    ]
    forms = sorted({form for kind in kinds for form in kind.arn_formats}, key=len)
    return (
        f": the form is `{forms[0]}`"
        if len(forms) == 1
        else f": a form that it does act on is `{forms[0]}`"
        if forms
        else ""
    )


def _on_keys(keys: Sequence[str]) -> Iterator[str]:
    """Global keys, and keys of services, that AWS does not have; of other keys, as those of a provider, nothing."""
    for key in keys:
        prefix = key.partition(":")[0].lower()
        if prefix == "aws" and global_key(key) is None and not lacks_tag_key(key):
            best = did_you_mean_global_key(key)
            yield f"`{key}` is no global condition key{f'; did you mean `{best}`?' if best else ''}"
        elif prefix != "aws" and catalog().has_service(prefix) and catalog().condition_key(key) is None:
            yield f"`{key}` is not in AWS's list of condition keys of {catalog().date.isoformat()}"
