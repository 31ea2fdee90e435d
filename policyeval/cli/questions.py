"""What commands that ask AWS's question have in common: the context, and what to say of a question that AWS never gets.

Nothing here changes a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from policyeval.errors import RequestError
from policyeval.evaluation.request import ContextValue
from policyeval.syntax.wildcard import has_wildcard

if TYPE_CHECKING:
    from policyeval.account.account import Account
    from policyeval.catalog.model import Action

_TYPES_SHOWN = 3
_CREATORS = ("iam:createuser", "iam:creategroup", "iam:createrole", "iam:createservicelinkedrole")


def read_context(pairs: list[str], path: str | None) -> dict[str, ContextValue]:
    """Context keys from a JSON or YAML file, and over them those of the command line, each `KEY=VALUE`.

    Raises `RequestError` for what is no context, located in the file.
    """
    context: dict[str, ContextValue] = {}
    if path is not None:
        from policyeval.cases.reader import context_of
        from policyeval.fields import Field
        from policyeval.reading import read_document

        source, value = read_document(path)
        context = context_of(Field(value, "", source, RequestError))
    values: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        service, _, name = key.partition(":")
        if not (equals and service and name):
            raise RequestError(f"`{pair}` is no context", help="the form is KEY=VALUE, as in `aws:SourceIp=192.0.2.1`")
        names.setdefault(key.lower(), key)
        values.setdefault(key.lower(), []).append(text)
    for lower, texts in values.items():
        for spelled in [spelled for spelled in context if spelled.lower() == lower]:
            del context[spelled]
        context[names[lower]] = texts[0] if len(texts) == 1 else texts
    return context


def notes_on_context(context: Mapping[str, ContextValue]) -> Iterator[str]:
    """Which keys of a context AWS does not have, and which values are none of their key's type.

    Only `aws:` keys and those of services that the catalog has are judged: providers of identities bring keys of their
    own.
    """
    for key, value in context.items():
        unknown = _note_on_key(key)
        if unknown is not None:
            yield unknown
            continue
        for text in _texts(value):
            unfit = _note_on_value(key, text)
            if unfit is not None:
                yield unfit


def _note_on_key(key: str) -> str | None:
    from policyeval.catalog.catalog import catalog
    from policyeval.catalog.global_keys import did_you_mean_global_key, global_key, lacks_tag_key
    from policyeval.catalog.retired import retired_service

    prefix = key.partition(":")[0].lower()
    service = None if prefix == "aws" else catalog().service(prefix)
    if (service is None and prefix != "aws") or global_key(key) is not None or retired_service(prefix) is not None:
        return None
    if service is None:
        if lacks_tag_key(key):
            return f"`{key}` lacks the key of a tag, as in `{key.removesuffix('/')}/team`"
        best = did_you_mean_global_key(key)
        said = f"AWS has no condition key `{key}`"
    else:
        from policyeval.catalog.key_lists import undocumented_keys

        if catalog().condition_key(key) is not None or key.lower() in undocumented_keys():
            return None
        from policyeval.rules.invalid_service_condition_key import did_you_mean_key
        from policyeval.rules.tag_keys import lacks_service_tag_key

        if lacks_service_tag_key(key):
            return f"`{key}` lacks the key of a tag, as in `{key.removesuffix('/')}/team`"
        best = did_you_mean_key(key, service)
        said = f"{service.name} has no condition key `{key}` in AWS's list of {catalog().date.isoformat()}"
    return f"{said}; did you mean `{best}`?" if best else said


def _texts(value: ContextValue) -> Iterator[str]:
    several = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    yield from (str(each).lower() if isinstance(each, bool) else str(each) for each in several)


def _note_on_value(key: str, text: str) -> str | None:
    from policyeval.catalog.catalog import catalog
    from policyeval.catalog.global_keys import global_key
    from policyeval.catalog.key_lists import other_key_types
    from policyeval.evaluation.comparison import read_address, read_boolean, read_date, read_number

    readers: dict[str, Callable[[str], object]] = {
        "Bool": read_boolean,
        "Date": read_date,
        "Numeric": read_number,
        "IPAddress": read_address,
    }
    everywhere = global_key(key)
    of_service = catalog().condition_key(key) if everywhere is None else None
    if everywhere is not None:
        types = [everywhere.type, *everywhere.other_types]
    elif of_service is not None:
        types = [of_service.type, *filter(None, [other_key_types().get(key.lower())])]
    else:
        return None
    kinds = [kind.removeprefix("ArrayOf") for kind in types]
    if any(kind not in readers or readers[kind](text) is not None for kind in kinds):
        return None
    from policyeval.rules.type_mismatch import NOUNS

    return f"`{key}` holds {NOUNS[kinds[0]]}, which `{text}` is not"


def notes_on_action(action: str, asked: str, authorized: str) -> tuple[str, ...]:
    """What a person should know of an action and the resource: that AWS has none such, or never asks about the two.

    `asked` is the resource as it was given, `authorized` the one that AWS authorizes.
    """
    from policyeval.catalog.catalog import catalog
    from policyeval.catalog.operations import operation
    from policyeval.catalog.suggest import did_you_mean_action

    known = catalog().action(action)
    if known is not None:
        if asked != "*" and authorized == "*":
            return (f"`{known.full_name}` has no resource-level permissions: AWS authorizes it on `*` only",)
        if asked != "*" and has_wildcard(asked):
            return (f"a request is for one resource: the wildcard of `{asked}` is taken as a plain character",)
        unfit = None if asked == "*" else _note_on_type(known, asked)
        return () if unfit is None else (unfit,)
    called = operation(action)
    if called is not None:
        listed = " and ".join(f"`{name}`" for name in called.actions)
        authorize = "authorizes" if len(called.actions) == 1 else "authorize"
        return (f"`{action}` is an API operation and no IAM action; did you mean {listed}, which {authorize} it?",)
    best = did_you_mean_action(action, catalog())
    hint = f"; did you mean `{best}`?" if best else ""
    return (f"`{action}` is not in AWS's list of actions of {catalog().date.isoformat()}{hint}",)


def _note_on_type(action: Action, arn: str) -> str | None:
    """That a resource is of no type on which an action works."""
    from policyeval.catalog.catalog import catalog

    service = catalog().service(action.service)
    assert service is not None  # it is the action's
    kinds = [service.resource_type(of_action.name) for of_action in action.resource_types]
    if any(kind is None or kind.fits(arn) for kind in kinds):
        return None
    from policyeval.rules.no_resource_fits_action import formats_of, is_in_doubt

    if is_in_doubt(action, (arn,)):
        return None
    forms = sorted(dict.fromkeys(formats_of(action)), key=len)
    more = f" or {len(forms) - 1} more" if len(forms) > 1 else ""
    return f"AWS makes no request for `{action.full_name}` on `{arn}`; the form that fits is `{forms[0]}`{more}"


def notes_on_star(action: str, asked: str) -> tuple[str, ...]:
    """That a question is about no particular resource, though the action works on some."""
    from policyeval.catalog.catalog import catalog

    known = catalog().action(action)
    if known is None or asked != "*" or known.is_wildcard_only:
        return ()
    required = sorted(kind.name for kind in known.resource_types if kind.required)
    names = required or sorted(kind.name for kind in known.resource_types)
    shown = " or ".join(names[:_TYPES_SHOWN]) + (f" or {more} more" if (more := len(names) - _TYPES_SHOWN) > 0 else "")
    verb = "acts" if required else "can act"
    return (f"`{known.full_name}` {verb} on a resource ({shown}); `*` asks for no particular one",)


def notes_on_absent(account: Account | None, action: str, arn: str) -> tuple[str, ...]:
    """That an account does not have the user, group or role that is asked about, unless it is to be created."""
    if account is None or has_wildcard(arn) or action.lower() in _CREATORS:
        return ()
    told = account.absence(arn)
    return () if told is None else (told,)
