"""The configuration: what is taken from where, and that every mistake has a place."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from policyeval.config import Config, find_config, load_config, read_config
from policyeval.errors import ConfigError

FULL = """
select = ["missing-*"]
ignore = ["invalid-action"]
pedantic = true
fail-on = "error"
exclude = ["generated/"]
account = "account.yaml"
account-id = "123456789012"
partition = "aws-cn"
baseline = "base.json"
kinds = {"trust/*.json" = "trust", "*.scp.json" = "scp"}

[[allow]]
rules = ["administrator-access"]
files = ["admin.json"]
sid = "Everything"
pointer = "/Statement/0"
reason = "two people hold it"
until = 2027-06-30
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_file_everything_is_its_default(place: Path) -> None:
    assert load_config() == Config()


def test_every_setting_is_read(place: Path) -> None:
    (place / "policyeval.toml").write_text(FULL)
    config = load_config()
    assert (config.select, config.ignore, config.pedantic) == (("missing-*",), ("invalid-action",), True)
    assert (config.fail_on, config.exclude, config.partition) == ("error", ("generated/",), "aws-cn")
    assert (config.account, config.account_id, config.baseline) == ("account.yaml", "123456789012", "base.json")
    assert config.kinds == (("trust/*.json", "trust"), ("*.scp.json", "scp"))
    (allowance,) = config.allow
    assert (allowance.rules, allowance.files) == (("administrator-access",), ("admin.json",))
    assert (allowance.sid, allowance.pointer, allowance.reason) == ("Everything", "/Statement/0", "two people hold it")
    assert allowance.until == datetime.date(2027, 6, 30)
    assert config.source is not None
    assert config.source.text[allowance.span.start : allowance.span.end] == "[[allow]]"


def test_pyproject_has_a_table_for_it(place: Path) -> None:
    (place / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.policyeval]\nfail-on = "never"\n')
    assert load_config().fail_on == "never"


def test_a_pyproject_that_does_not_speak_of_it_is_passed_by(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "policyeval.toml").write_text("pedantic = true\n")
    below = place / "a" / "b"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text('[project]\nname = "x"\n')
    monkeypatch.chdir(below)
    assert load_config().pedantic


def test_the_search_ends_at_the_root_of_the_repository(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "policyeval.toml").write_text("pedantic = true\n")
    inner = place / "inner"
    (inner / ".git").mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert find_config() is None


def test_the_files_own_name_comes_before_pyproject(place: Path) -> None:
    (place / "policyeval.toml").write_text("pedantic = true\n")
    (place / "pyproject.toml").write_text("[tool.policyeval]\npedantic = false\n")
    assert load_config().pedantic


def test_paths_are_relative_to_the_configuration(place: Path) -> None:
    (place / "sub").mkdir()
    (place / "sub" / "policyeval.toml").write_text('account = "../account.yaml"\nbaseline = "b.json"\n')
    config = load_config("sub/policyeval.toml")
    assert (config.account, config.baseline) == ("account.yaml", "sub/b.json")


ALLOW = '[[allow]]\nrules = ["x"]\nreason = "y"\n'
MISTAKES = [
    ("pedantik = true", "`pedantik` is no setting", "did you mean `pedantic`?", "pedantik"),
    ("pedantic = 1", "`pedantic` is neither true nor false", None, "pedantic"),
    ('fail-on = "warnings"', "`warnings` is no value of `fail-on`", "did you mean `warning`?", "fail-on"),
    ('partition = "awz"', "`awz` is no value of `partition`", "did you mean `aws`?", "partition"),
    ("select = 'x'", "`select` is not a list of strings", 'write `select = ["…"]`', "select"),
    ("exclude = [1]", "`exclude` is not a list of strings", 'write `exclude = ["…"]`', "exclude"),
    ("account = 7", "`account` is not a string", "write it in quotes", "account"),
    ('account-id = "1"', "`1` is no account id", "an account id is twelve digits, in quotes", "account-id"),
    ("account-id = 123456789012", "`account-id` is not a string", "write it in quotes", "account-id"),
    ("kinds = 1", "`kinds` is no table", 'write `[tool.policyeval.kinds]` and `"trust/*.json" = "trust"`', "kinds"),
    ('[kinds]\n"a/*" = "turst"', "`turst` is no kind of policy", "did you mean `trust`?", '"a/*"'),
    ('allow = "x"', "`allow` is no list of tables", "write `[[tool.policyeval.allow]]`", "allow"),
    ('[[allow]]\nreason = "y"', "an allowance names no rules", 'add `rules = ["…"]`', "[[allow]]"),
    (
        '[[allow]]\nrules = ["x"]',
        "an allowance gives no reason",
        'add `reason = "…"`, for whoever reads it next',
        "[[allow]]",
    ),
    (ALLOW + "sids = 1", "`sids` is no part of an allowance", "did you mean `sid`?", "sids"),
    (ALLOW + ALLOW + "sids = 1", "`sids` is no part of an allowance", "did you mean `sid`?", "sids"),
    (ALLOW + 'until = "soon"', "`soon` is no date", "write `until = 2027-06-30`", "until"),
    (ALLOW + 'pointer = "Statement"', "`Statement` is no JSON Pointer", "for example `/Statement/0`", "pointer"),
    (ALLOW + "sid = 1", "`sid` is not a string", None, "sid"),
]


@pytest.mark.parametrize(("text", "message", "help", "place_of"), MISTAKES)
@pytest.mark.parametrize("form", ["policyeval.toml", "pyproject.toml"])
def test_a_mistake_is_one_located_error(
    place: Path, text: str, message: str, help: str | None, place_of: str, form: str
) -> None:
    if form == "pyproject.toml":
        text = text.replace("[[allow]]", "[[tool.policyeval.allow]]").replace("[kinds]", "[tool.policyeval.kinds]")
        place_of = place_of.replace("[[allow]]", "[[tool.policyeval.allow]]")
        text = f'[project]\nname = "x"\nselect = 1\n\n[tool.policyeval]\n{text}'
    (place / form).write_text(text + "\n")
    with pytest.raises(ConfigError) as raised:
        load_config()
    error = raised.value
    assert (error.message, error.help) == (message, help)
    assert error.source is not None
    assert error.span is not None
    assert error.source.text[error.span.start : error.span.end] == place_of


@pytest.mark.parametrize(("text", "line"), [("a = ", 1), ("\n\n= 1", 3), ('x = "', 1), ("a = 1\na = 2", 2), ("[x", 1)])
def test_a_text_that_is_no_toml_is_one_located_error(place: Path, text: str, line: int) -> None:
    (place / "policyeval.toml").write_text(text)
    with pytest.raises(ConfigError, match="not TOML") as raised:
        load_config()
    error = raised.value
    assert error.source is not None
    assert error.span is not None
    assert error.source.position(error.span.start).line == line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool = 3", "`tool` is no table"),
        ("[tool]\npolicyeval = 3", "`policyeval` is no table"),
        ("[policyeval]\nselect = []", "`policyeval` is no setting"),
    ],
)
def test_settings_in_the_wrong_table_are_not_passed_over(place: Path, text: str, message: str) -> None:
    (place / "policyeval.toml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_config()
    assert raised.value.message == message
    assert "[tool.policyeval]" in (raised.value.help or "")


def test_a_file_that_was_named_and_is_not_there_is_an_error(place: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_config("other.toml")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("x=" + "[" * 1000, "1:103", "nested deeper than 100 levels"),
        ("x=" + "[{a=" * 150, "1:203", "nested deeper than 100 levels"),
        ("ignore = []\n" + "a." * 200_000 + "b=1", "2:1", "nested deeper than 100 levels"),
        ("[" + "'a'.\"b\"." * 60 + "c]", "1:2", "nested deeper than 100 levels"),
        ('"\\' * 200_000, "1:400001", "not TOML: unescaped '\\' in a string"),
        ("# " + "a." * 200 + "\nx = 1" + "0" * 5000, "1:1", "not TOML: Exceeds the limit"),
    ],
    ids=["lists", "tables", "dotted key", "dotted table", "open strings", "long number"],
)
def test_a_hostile_configuration_is_one_located_error(tmp_path: Path, text: str, place: str, message: str) -> None:
    path = tmp_path / "policyeval.toml"
    path.write_text(text, encoding="utf-8")
    before = time.process_time()
    with pytest.raises(ConfigError) as caught:
        read_config(str(path))
    assert caught.value.message.lower().startswith(message.lower())
    assert caught.value.where == f"{path}:{place}"
    assert time.process_time() - before < 5


def test_dots_and_brackets_in_strings_and_comments_nest_nothing(tmp_path: Path) -> None:
    path = tmp_path / "policyeval.toml"
    words = "a." * 200 + "[" * 200
    quotes = ("'", '"', "'''", '"""')
    listed = ", ".join(f"{quote}{words}{quote}" for quote in quotes)
    path.write_text(f"# {words}\nexclude = [{listed}]\n", encoding="utf-8")
    assert read_config(str(path)).exclude == (words,) * 4
