"""`policyeval diff`: what a change of policies gives and what it takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import typer

from policyeval import jsontext
from policyeval.answer.comparison import Compared, headline
from policyeval.answer.example import with_real_examples
from policyeval.answer.review import RULE, github, markdown, sarif
from policyeval.cli.options import ColorOption, KindOption, stdout_style
from policyeval.cli.policies import kind_of
from policyeval.cli.revision import Change, Revision
from policyeval.config import Allowance, Config, load_config
from policyeval.diagnostics.style import Style, clean
from policyeval.diagnostics.summary import plural
from policyeval.errors import JsonSyntaxError, ReadError, RequestError
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, examine, find_document, policy_of, unwrap
from policyeval.policy.model import CURRENT_VERSION, Policy
from policyeval.proof.difference import Difference, compare_policies
from policyeval.proof.outcome import Access, Verdict
from policyeval.reading import read_bytes, read_source, source_from_bytes
from policyeval.source import Source
from policyeval.suppression import is_about, is_at, is_expired, relative_file

Format = Literal["full", "concise", "json", "markdown", "github", "sarif"]
NEW_ACCESS, UNKNOWN = 1, 3


def diff(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OLD NEW | PATHS...", help="Two policy files; with `--git`, files to compare.", show_default=False
        ),
    ] = None,
    git: Annotated[
        str | None,
        typer.Option("--git", metavar="REV", help="Compare each path with what it was in a revision of git."),
    ] = None,
    kind: KindOption = None,
    removed: Annotated[bool, typer.Option("--removed/--no-removed", help="Show what is taken away as well.")] = True,
    format: Annotated[Format, typer.Option("--format", help="How to show the answer.")] = "full",
    skip_non_policies: Annotated[
        bool,
        typer.Option("--skip-non-policies", help="With `--git`: pass over files that hold no policy, as hooks do."),
    ] = False,
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="The configuration; the nearest one when left out.")
    ] = None,
    color: ColorOption = "auto",
) -> None:
    """Say what NEW allows that OLD does not, and the reverse, with a request that shows each difference.

    Exit status: 0 nothing new, 1 something new, 2 could not do the job, 3 not known.
    """
    settings = load_config(config)
    if git is not None:
        changes = list(_since(git, files or ["."], kind, settings, skip=skip_non_policies))
        compared = [one for one in changes if one is not None]
        _tell_skipped(len(changes) - len(compared) if skip_non_policies else 0)
    elif files is not None and len(files) == 2:
        compared = [_pair(files[0], files[1], kind, settings)]
    else:
        raise typer.BadParameter("give two policy files, or `--git REV` and paths", param_hint="OLD NEW")
    _show(compared, format, stdout_style(color), removed=removed)
    raise typer.Exit(status(compared))


def status(compared: Sequence[Compared]) -> int:
    """1 for new access that is not allowed, else 3 for what is not known, else 0."""
    if any(one.verdict is Verdict.REFUTED and one.allowed is None for one in compared):
        return NEW_ACCESS
    return UNKNOWN if any(one.verdict is Verdict.UNKNOWN for one in compared) else 0


# ---- what is compared


def _pair(old: str, new: str, kind: str | None, settings: Config) -> Compared:
    documents = [find_document(read_source(path)) for path in (new, old)]
    own = _common_kind([new, old], [document.value for document in documents], kind, settings)
    sides = [policy_of(document, own, path) for document, path in zip(documents, (new, old), strict=True)]
    difference = _difference(sides[0], sides[1])
    return Compared(new, old, difference, _reasons(new, difference, settings))


def _difference(new: Policy, old: Policy) -> Difference:
    difference = compare_policies([new], [old])
    return Difference(with_real_examples(difference.gained), with_real_examples(difference.lost))


def _since(
    name: str, paths: Sequence[str], kind: str | None, settings: Config, *, skip: bool
) -> Iterator[Compared | None]:
    """Each policy file that differs from the revision, and nothing in the place of one that holds no policy.

    A text that cannot be read, and has no sign of a policy in it, is refused unless `skip` says that it is none.
    """
    revision = Revision(name)
    given = {revision.inside(path) for path in paths}
    for change in revision.changes(paths):
        path = change.new or change.old or ""
        if path.endswith(".json") or path in given:
            yield _changed(revision, change, kind, settings, named=path in given, skip=skip)


def _tell_skipped(count: int) -> None:
    if count:
        print(f"{plural(count, 'file')} without a policy skipped", file=sys.stderr)


def _changed(
    revision: Revision, change: Change, kind: str | None, settings: Config, *, named: bool, skip: bool
) -> Compared | None:
    """A changed file compared; nothing when it holds no policy and held none, unless it was named to be compared."""
    old_path = revision.shown(change.old) if change.old is not None else None
    path = revision.shown(change.new) if change.new is not None else old_path or ""
    old_name = f"{old_path or path}@{revision.name}"
    content = revision.content(change.old) if change.old is not None else None
    before = _readable(content, old_name) if content is not None else None
    old = _document_of(before) if before is not None else None
    new = None
    if change.new is not None and os.path.exists(path):
        data = read_bytes(path)
        # What was a policy, is meant as one or was named as one cannot be passed over.
        source = _readable(data, path) if skip and old is None else source_from_bytes(data, path)
        new = _document_of(source) if source is not None else None
        expected = old is not None or (named and not skip)
        if source is not None and new is None and (expected or _is_meant_as_one(source)):
            new = find_document(source)  # raises
    if new is None and old is None:
        return None
    notes = []
    if change.new is None:
        notes.append("the file is gone")
    elif old is None:
        notes.append("the file is new" if content is None else f"the file held no policy in {revision.name}")
    elif old_path != path:
        notes.append(f"the file was {old_path}")
    there = [(name, one) for name, one in ((path, new), (old_path or path, old)) if one is not None]
    own = _common_kind([name for name, _ in there], [one.value for _, one in there], kind, settings)
    new_policy = policy_of(new, own, path) if new is not None else _nothing(own)
    old_policy = _nothing(own)
    if old is not None:
        policy, problems = examine(old, own, old_name)
        if problems:
            notes.append(
                f"AWS would refuse what it held in {revision.name}, which counts as nothing: {problems[0].message}"
            )
        else:
            old_policy = policy
    difference = _difference(new_policy, old_policy)
    return Compared(path, old_name, difference, _reasons(path, difference, settings), tuple(notes))


def _readable(data: bytes, name: str) -> Source | None:
    """The text of a file; nothing for what is no text and has no sign of a policy in it. Raises `ReadError`."""
    try:
        return source_from_bytes(data, name)
    except ReadError:
        if b"Statement" in data.replace(b"\0", b""):
            raise
        return None


def _is_meant_as_one(source: Source) -> bool:
    """Whether a text that holds no policy is one with a mistake in its JSON, or in that of a string that it wraps."""
    try:
        unwrap(jsontext.decode(source), source)
    except JsonSyntaxError as error:
        return error.source is not None and '"Statement"' in error.source.text
    return False


def _document_of(source: Source) -> Document | None:
    """The policy document of a text; nothing when it holds none."""
    try:
        return unwrap(jsontext.decode(source), source)
    except JsonSyntaxError:
        return None


def _common_kind(paths: Sequence[str], documents: Sequence[object], kind: str | None, settings: Config) -> PolicyKind:
    """The kind of all of the documents; raises `RequestError` for different ones."""
    kinds = [kind_of(path, kind, settings, document) for path, document in zip(paths, documents, strict=True)]
    if kinds.count(kinds[0]) != len(kinds):
        raise RequestError(
            f"`{paths[0]}` is {kinds[0].title} and `{paths[-1]}` {kinds[-1].title}",
            help="only policies of one kind can be compared; `--kind` says what both are",
        )
    return kinds[0]


def _nothing(kind: PolicyKind) -> Policy:
    """A file that is not there: a policy without statements."""
    return Policy(kind, (), CURRENT_VERSION, name="no policy")


def _reasons(path: str, difference: Difference, settings: Config) -> tuple[str | None, ...]:
    """For each part of the new access the reason for which the configuration accepts it: an allowance of `new-access`.

    What an allowance says of a statement must fit one that grants the access or denied it before. While some access is
    not known, only an allowance of whole files can be for all of it.
    """
    file = relative_file(settings, path)
    live = [
        allowance
        for allowance in settings.allow
        if any(fnmatchcase(RULE, rule) and rule != "*" for rule in allowance.rules)
        and is_about(allowance, file)
        and not is_expired(allowance, date.today())
    ]
    if difference.gained.doubts:
        live = [allowance for allowance in live if allowance.sid is None and allowance.pointer is None]
    return tuple(
        next((allowance.reason for allowance in live if _is_for(allowance, access)), None)
        for access in difference.gained.accesses
    )


def _is_for(allowance: Allowance, access: Access) -> bool:
    """Whether an allowance fits one of the statements that bring the access about."""
    terms = (*access.allowing, *((access.lifted,) if access.lifted is not None else ()))
    return any(
        (allowance.sid is None or allowance.sid == term.statement.sid)
        and (allowance.pointer is None or is_at(term.statement.pointer, allowance.pointer))
        for term in terms
    )


# ---- how it is shown


def _show(compared: Sequence[Compared], format: Format, style: Style, *, removed: bool) -> None:
    if format == "json":
        from policyeval.answer.data import comparison_object, to_json

        print(to_json(comparison_object(compared)))
    elif format == "markdown":
        print(markdown(compared), end="")
    elif format == "github":
        for line in github(compared):
            print(line)
    elif format == "sarif":
        from importlib.metadata import version

        print(sarif(compared, version("policyeval")))
    else:
        for at, one in enumerate(compared):
            if at and format == "full":
                print()
            print(_title(one, style, with_reason=format == "concise"))
            if format == "full":
                for line in body(one, style, removed=removed):
                    print(line)
        if not compared:
            print("no policy has changed")


def _title(one: Compared, style: Style, *, with_reason: bool) -> str:
    title = f"{style.paint(one.word, 'good' if one.is_success else 'error')}  {clean(one.new)}"
    return f"{title}  (allowed: {clean(one.allowed or '')})" if with_reason and one.is_accepted else title


def body(one: Compared, style: Style, *, removed: bool) -> Iterator[str]:
    """Everything that is known of one file, for a person to read."""
    from policyeval.answer.drawing import GAINED, LOST, draw_access
    from policyeval.answer.words import catalog_note
    from policyeval.diagnostics.failure import labelled
    from policyeval.diagnostics.wrapping import wrapped

    yield from wrapped(f"compared with {one.old}: {headline(one)}", "  ", style)
    for note in one.notes:
        yield from labelled("note", note, "  ", style)
    if one.is_accepted:
        yield from labelled("allowed", one.allowed or "", "  ", style)
    for access in one.difference.gained.accesses:
        yield ""
        yield style.paint("+ newly allowed", "warning")
        yield from draw_access(access, style, word=GAINED)
    for access in one.difference.lost.accesses if removed else ():
        yield ""
        yield style.paint("- no longer allowed", "note")
        yield from draw_access(access, style, word=LOST)
    if one.difference.lost.verdict is Verdict.PROVED and one.difference.gained.accesses:
        yield ""
        yield style.paint("nothing else changed: whatever was allowed still is", "good")
    for doubt in one.doubts:
        yield from labelled("not known", doubt, "  ", style)
    catalog = catalog_note(one.difference.gained)
    if catalog is not None:
        yield from labelled("note", catalog, "  ", style)
    for assumption in one.difference.gained.assumptions:
        yield from labelled("assuming", assumption, "  ", style)
