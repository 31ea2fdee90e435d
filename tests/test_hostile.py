"""Files that are hostile, or just wrong, in `fixtures/hostile/`: one error each, at the right place.

What the long run of `tests.fuzz` finds is kept in a folder for each reader there, `fixtures/hostile/policy/` and so on,
each named for what went wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.errors import PolicyevalError
from policyeval.reading import read_document
from tests.fuzz.readers import READERS, mutations, read, seeds

FOLDER = Path(__file__).parent.parent / "fixtures" / "hostile"

# The file, line and column of what is pointed at (nothing when there is no text to point into), the message.
EXPECTED = [
    ("at-sign.yaml", "4:8", "`@` cannot begin a value"),
    ("block-comment.json", "4:24", "JSON has no comments"),
    ("boolean-as-key.yaml", "4:1", "key `true` is not text"),
    ("byte-order-mark-inside.json", "4:5", "byte order mark (U+FEFF) inside the text"),
    ("byte-order-mark-only.json", "", "file is empty"),
    ("closing-bracket-too-many.json", "9:1", "`}` closes nothing"),
    ("colon-in-list.json", "5:20", "`:` in a list"),
    ("colon-in-value.yaml", "4:11", "`:` where no key can be"),
    ("comment-only.yaml", "1:1", "no YAML here: the text is empty"),
    ("conflict-markers-around-it-all.json", "1:1", "a merge conflict of git stands here"),
    ("conflict-markers.json", "5:1", "a merge conflict of git stands here"),
    ("control-character.yaml", "4:9", "character U+0007 is not allowed in YAML"),
    ("custom-tag.yaml", "4:7", "tag `!Ref` is not supported"),
    ("cut-off-in-a-character.json", "3:12", "file ends in the middle of a character, at offset 40, line 3"),
    ("cyclic-alias.yaml", "2:13", "alias `*groups` is part of what it stands for"),
    ("duplicate-key-in-disguise.json", "6:5", "key `Effect` appears twice in one object, first on line 4"),
    ("duplicate-key.json", "6:5", "key `Effect` appears twice in one object, first on line 4"),
    ("duplicate-key.yaml", "4:3", "key `alice` appears twice in one mapping, first on line 3"),
    ("empty.json", "", "file is empty"),
    ("equals-for-colon.json", "4:14", "`=` where `:` belongs"),
    ("exploding-aliases.yaml", "4:36", "aliases stand for more than 10,000 values"),
    ("half-surrogate-pair.json", "5:22", "`\\ud83d` is half a character: one of a surrogate pair without the other"),
    ("hash-comment.json", "1:1", "JSON has no comments"),
    ("hexadecimal-number.json", "6:17", "`0x1F` is no JSON number"),
    ("invalid-escape.json", "5:22", "`\\*` is no escape of JSON"),
    ("javascript-undefined.json", "5:15", "`undefined` is no JSON value"),
    ("latin-1.json", "5:25", "byte 0xe9 at offset 93, line 5, is not UTF-8"),
    ("leading-zeros.json", "6:17", "`012345678901` is no JSON number"),
    ("line-break-in-string.json", "5:15", "string is never closed"),
    ("line-comment.json", "5:5", "JSON has no comments"),
    ("list-as-key.json", "4:5", "key is not a string"),
    ("list-as-key.yaml", "1:3", "key is not text"),
    ("merge-key.yaml", "3:3", "merge keys are not supported"),
    ("missing-colon.json", "4:13", "`:` missing after the key `Effect`"),
    ("missing-comma-in-list.json", "6:21", "comma missing"),
    ("missing-comma.json", "4:22", "comma missing"),
    ("missing-value.json", "5:13", "value missing after `:`"),
    ("negative-infinity.json", "5:15", "`-Infinity` is no JSON number"),
    ("no-break-spaces.json", "4:1", "U+00A0 (no-break space) outside a string"),
    ("not-a-number.json", "5:15", "`NaN` is no JSON number"),
    ("nul-character.json", "", "binary file"),
    ("number-as-key.json", "4:5", "key `1` is not in double quotes"),
    ("number-as-key.yaml", "1:1", "key `123456789012` is not text"),
    ("pasted-with-backslashes.json", "1:2", "a backslash outside a string"),
    ("plus-sign.json", "6:17", "`+1` is no JSON number"),
    ("point-without-digits.json", "6:17", "`1.` is no JSON number"),
    ("python-tag.yaml", "4:11", "tag `!!python/object/apply:os.system` is not supported"),
    ("python-true.json", "5:15", "`True` is no JSON value"),
    ("semicolon-for-comma.json", "4:22", "`;` where `,` belongs"),
    ("short-unicode-escape.json", "5:19", "`\\u` without four hexadecimal digits"),
    ("single-quotes.json", "5:15", "single quotes around a string"),
    ("swapped-surrogate-pair.json", "5:22", "`\\ude00` is half a character: one of a surrogate pair without the other"),
    ("tab-in-string.json", "5:22", "control character U+0009 in a string"),
    ("tab-indentation.yaml", "3:1", "tab where YAML wants spaces"),
    ("template-block.json", "5:5", "`{% if wide %}` is a template's placeholder, not JSON"),
    ("template-braces.json", "6:17", "`{{ arn }}` is a template's placeholder, not JSON"),
    ("template-function.json", "5:15", "`${jsonencode(actions)}` is a template's placeholder, not JSON"),
    ("text-after-the-end.json", "9:1", "text after the end of the document"),
    ("too-deep-by-aliases.yaml", "100:12", "nested deeper than 100 levels"),
    ("too-deep.json", "1:101", "nested deeper than 100 levels"),
    ("too-deep.yaml", "1:101", "nested deeper than 100 levels"),
    ("trailing-comma-in-list.json", "5:46", "trailing comma"),
    ("trailing-comma.json", "6:20", "trailing comma"),
    ("two-commas.json", "4:23", "two commas in a row"),
    ("two-documents.json", "9:1", "a second document after the first"),
    ("two-documents.yaml", "4:1", "a second document after the first"),
    ("typographic-quotes.json", "5:15", "typographic quotes around a string"),
    ("unclosed-list-at-the-end.json", "1:1", "`[` is never closed"),
    ("unclosed-list-before-a-key.json", "5:15", "the `[` of line 5 is never closed"),
    ("unclosed-list.json", "7:3", "`}` cannot close the `[` of line 6"),
    ("unclosed-list.yaml", "4:9", "`[` is never closed"),
    ("unclosed-object.json", "1:1", "`{` is never closed"),
    ("unclosed-string.json", "4:15", "string is never closed"),
    ("unclosed-string.yaml", "4:7", "string is never closed"),
    ("unknown-alias.yaml", "4:8", "alias `*roles` has no anchor before it"),
    ("unquoted-action.json", "5:15", "`s3:GetObject` is not in double quotes"),
    ("unquoted-key.json", "4:5", "key `Effect` is not in double quotes"),
    ("unquoted-star.json", "6:17", "`*` is not in double quotes"),
    ("utf-16-without-mark.json", "", "text is UTF-16BE, not UTF-8"),
    ("utf-16.json", "", "text is UTF-16, not UTF-8"),
    ("utf-32.json", "", "text is UTF-32, not UTF-8"),
    ("white-space-only.json", "1:1", "no JSON here: the text is empty"),
]


@pytest.mark.parametrize(("name", "place", "message"), [pytest.param(*row, id=row[0]) for row in EXPECTED])
def test_a_hostile_file_gives_one_error_at_the_right_place(name: str, place: str, message: str) -> None:
    path = str(FOLDER / name)
    with pytest.raises(PolicyevalError) as caught:
        read_document(path)
    assert caught.value.message == message
    assert caught.value.where == (f"{path}:{place}" if place else path)
    assert "\n" not in str(caught.value)


def test_every_hostile_file_has_its_row() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_file()) == sorted(name for name, _, _ in EXPECTED)


FOUND = sorted(path for path in FOLDER.glob("*/*"))


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in FOUND])
def test_what_a_long_run_found_is_mended(path: Path) -> None:
    read(path.parent.name, path.read_bytes())


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_ends_with_an_answer_or_an_error(reader: str) -> None:
    """The least of the long run: the same made-up texts each time."""
    for text in mutations(seeds(reader), 40, seed=7):
        read(reader, text)
