"""The site's built pages, and the commands that all pages show."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from cli.main import GROUPS, app
from docs_site.hooks import _LINK, _inside, on_post_page
from docs_site.pages import changelog, commands, dictionary, marts, public_modules

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
TEXTS = [REPOSITORY / "README.md", *sorted(DOCS.rglob("*.md"))]
COMMAND = re.compile(r"^(?:\.venv/bin/)?tradeplume (.*)$", re.MULTILINE)


def test_every_command_stands_on_the_page_with_its_options() -> None:
    text = commands()
    for group, members in GROUPS.items():
        assert f"## {group}" in text
        assert all(
            f"### tradeplume {each.__name__.rstrip('_').replace('_', '-')}\n" in text
            for each in members
        )
    assert "#### tradeplume releases forget" in text
    assert "| `--dry-run` |" in text
    assert "former" not in text


def test_every_mart_with_sql_stands_in_the_dictionary_with_its_columns() -> None:
    written = {
        path.stem
        for path in REPOSITORY.glob("models/*/marts/*.sql")
        if not path.stem.startswith("int_")
    }
    assert {model["name"] for model in marts()} == written
    text = dictionary()
    assert (
        "| `emission_t` | double |" in text.split("## fct_export_emission\n")[1].split("\n## ")[0]
    )


def test_functions_are_those_of_public_modules_and_changes_link_within_the_site() -> None:
    modules = list(public_modules())
    assert "compute.balance" in modules
    assert not [name for name in modules if "._" in name]
    assert "](docs/" not in changelog()
    assert "](../" in changelog()


def test_links_to_the_code_become_names_and_links_within_docs_stay() -> None:
    def shown(text: str) -> str:
        return _LINK.sub(lambda link: _inside(link, DOCS / "bring"), text)

    assert shown("[x](../your_data.md)") == "[x](../your_data.md)"
    assert shown("[file](../../cli/main.py)") == "file (`cli/main.py`)"
    assert shown("[all](../../CHANGELOG.md)") == "[all](../reference/changelog.md)"


_PAGE = SimpleNamespace(file=SimpleNamespace(dest_uri="bring/ceads.html"))


def test_a_page_loads_nothing_from_elsewhere() -> None:
    page = on_post_page('<script src="https://unpkg.com/iframe-worker/shim"></script>', _PAGE)
    assert page == '<script src="../assets/iframe-worker.js"></script>'


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_the_commands_that_a_page_shows_exist(page: Path) -> None:
    """Names of commands and options; what they answer is other tests' matter."""
    root = typer.main.get_command(app)
    unknown = []
    for shell in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        joined = shell.replace("\\\n", " ")
        for line in COMMAND.findall(_whole_quotes(joined)):
            words = shlex.split(line, comments=True)
            if any(word.startswith(("<", "...")) for word in words):
                continue
            found = _unknown(root, words)
            if found:
                unknown.append(f"{line}: {found}")
    assert unknown == []


def _whole_quotes(text: str) -> str:
    """A query over several lines as one line."""
    return re.sub(r'"[^"]*"', lambda quoted: quoted[0].replace("\n", " "), text)


def _unknown(command: object, words: list[str]) -> str:
    """The first word that is not a command or option; empty when all are known."""
    commands_of = getattr(command, "commands", {})
    if commands_of and words and words[0] in commands_of:
        return _unknown(commands_of[words[0]], words[1:])
    if commands_of and words and not words[0].startswith("-"):
        return words[0]
    options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}  # type: ignore[attr-defined]
    options |= {"--help", "-h", "--debug"}
    given = [word.split("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)]
    return next((word for word in given if word not in options), "")


def test_no_help_holds_angle_brackets_that_markdown_swallows() -> None:
    root = typer.main.get_command(app)
    found = {
        name
        for name, command in root.commands.items()  # type: ignore[attr-defined]
        if re.search(r"<\w+>", command.help or "")
    }
    assert found == set()
