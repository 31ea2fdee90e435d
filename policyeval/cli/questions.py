"""What commands that ask AWS's question have in common: the context, and what to say of an action."""

from __future__ import annotations

from policyeval.errors import RequestError
from policyeval.evaluation.request import ContextValue
from policyeval.syntax.wildcard import has_wildcard


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


def notes_on_action(action: str, asked: str, authorised: str) -> tuple[str, ...]:
    """What a person should know of the action: that AWS has none such, or that it takes no resource.

    `asked` is the resource as it was given, `authorised` the one that AWS authorises.
    """
    from policyeval.catalog.catalog import catalog
    from policyeval.catalog.operations import operation
    from policyeval.catalog.suggest import did_you_mean_action

    known = catalog().action(action)
    if known is not None:
        if asked != "*" and authorised == "*":
            return (f"`{known.full_name}` has no resource-level permissions: AWS authorises it against `*`",)
        if asked != "*" and has_wildcard(asked):
            return (f"a request is for one resource: the wildcard of `{asked}` is taken as a plain character",)
        return ()
    called = operation(action)
    if called is not None:
        listed = " and ".join(f"`{name}`" for name in called.actions)
        return (f"`{action}` is an API operation and no IAM action; did you mean {listed}, which authorizes it?",)
    best = did_you_mean_action(action, catalog())
    hint = f"; did you mean `{best}`?" if best else ""
    return (f"`{action}` is not in AWS's list of actions of {catalog().date.isoformat()}{hint}",)
