"""What the documents say of commands, options, settings and one another is so in the program."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click
import pytest

from evaluation import tables
from tools import list_commands

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MODULES = {
    f"{path.parent.name}.{path.stem}": path
    for folder in ("evaluation", "benchmarks", "newsstand", "tools")
    for path in sorted((ROOT / folder).glob("*.py"))
}
VARIABLE = re.compile(r"\bBACKSTORY_[A-Z_]*[A-Z]\b")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def commands() -> dict[str, click.Command]:
    return dict(list_commands.commands())


def options_of(command: click.Command) -> set[str]:
    found = [one for one in command.params if isinstance(one, click.Option)]
    return {"--help", *(name for one in found for name in one.opts)}


def code(text: str) -> str:
    """What stands in a page as code, a line each; words around it are left out."""
    blocks = re.findall(r"^ {4}([^\n]+)$|```[^\n]*\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", text)
    return "\n".join([*("".join(block) for block in blocks), *inline])


def test_the_list_of_commands_is_that_of_the_program() -> None:
    page = list_commands.PAGE.read_text("utf-8")
    assert list_commands.replaced(page) == page, "run python -m tools.list_commands"
    assert page.count("\n### `backstory ") == len(commands())


def test_every_option_says_what_it_means() -> None:
    lacking = [
        f"{name} {one.opts[0]}"
        for name, command in commands().items()
        for one in command.params
        if isinstance(one, click.Option) and not one.hidden and not one.help
    ]
    assert lacking == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_and_options_that_a_page_names_exist(page: Path) -> None:
    wrong = []
    for line in code(page.read_text("utf-8")).splitlines():
        for words in re.findall(r"(?<![\w/.'\"-])backstory +((?:[\w-]+ ?)+.*)", line):
            two, one = " ".join(words.split()[:2]), words.split()[0]
            command = commands().get(two) or commands().get(one)
            if command is None:
                if one not in {"feeds", "COMMAND"}:
                    wrong.append(line)
                continue
            own = words.split("#")[0].split("|")[0]
            used = set(re.findall(r"(?<!\S)\[?(--[a-z][\w-]*)", own))
            if used - options_of(command):
                wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_an_option_that_a_page_names_alone_is_one_of_some_command(page: Path) -> None:
    known = set().union(*(options_of(command) for command in commands().values()))
    text = page.read_text("utf-8")
    alone = {
        option for span in re.findall(r"`(--[a-z][^`]*)`", text) for option in [span.split()[0]]
    }
    measuring = set().union(*(options_of_module(path) for path in MODULES.values()))
    assert alone - known - measuring == set()


def options_of_module(path: Path) -> set[str]:
    found = set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', path.read_text("utf-8")))
    return {"--help", *found, *(["--write"] if "write_option" in path.read_text("utf-8") else [])}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_modules_that_a_page_names_exist_with_their_options(page: Path) -> None:
    wrong = []
    for line in code(page.read_text("utf-8")).splitlines():
        for module, rest in re.findall(r"python -m ([\w.]+)([^`#|]*)", line):
            options = set(re.findall(r"(?<!\S)(--[a-z][\w-]*)", rest))
            if module not in MODULES or options - options_of_module(MODULES[module]):
                wrong.append(line)
    assert wrong == []


def test_every_table_is_written_by_a_command() -> None:
    text = tables.BENCHMARKS.read_text("utf-8")
    written = {
        name
        for path in MODULES.values()
        for name in re.findall(r'tables\.table\(\s*f?"([\w{}-]+)"', path.read_text("utf-8"))
    }
    written -= {"histories-{name}"}
    written |= {"histories-huffpost", "histories-wikipedia-events"}
    assert set(re.findall(r"<!-- table: ([\w-]+) -->", text)) == written
    for name in written:
        assert tables.replaced(text, tables.read(text, name)) == text, name


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    program = "".join(
        path.read_text("utf-8")
        for folder in ("src", "evaluation", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
    )
    read = set(VARIABLE.findall(program)) | {
        f"BACKSTORY_{prefix}{name}"
        for prefix, names in (
            ("MODEL_", ("PER_HOUR", "PER_DAY", "TIMEOUT")),
            ("", ("SMTP", "MAIL_FROM")),
        )
        for name in names
        if f'"{name}"' in program
    }
    documented = set(VARIABLE.findall(list_commands.PAGE.read_text("utf-8")))
    assert documented == read - {"BACKSTORY_MODEL_"}
    elsewhere = {name for page in PAGES for name in VARIABLE.findall(page.read_text("utf-8"))}
    assert elsewhere <= documented


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_resolve(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, mark = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        there = target.is_relative_to(ROOT) and target.exists()
        if not there or (mark and mark not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


def anchors(text: str) -> set[str]:
    """The marks that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_index_of_decisions_lists_every_page() -> None:
    folder = ROOT / "docs" / "decisions"
    linked = re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert sorted(linked) == sorted(pages)


def test_paths_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    paths = {path for path in re.findall(r"`([\w./-]+)`", text) if re.search(r"[./]", path)}
    paths -= {"similar/", "images/", "search.db"}  # beside a store
    places = (ROOT / "src" / "backstory", ROOT)
    parts = [ROOT / "src" / "backstory" / name for name in ("serve", "store", "group")]
    assert {
        path for path in paths if not any((place / path).exists() for place in (*places, *parts))
    } == set()


PAGE = """before

<!-- table: rates -->
| set | rate |
| - | - |
| a | 1 |
| b | 2 |
<!-- end -->
after
"""


def test_a_table_replaces_its_figures_and_leaves_the_others() -> None:
    found = tables.table("rates", ("set", "rate"), [("a", ""), ("b", "3"), ("c", "4")])
    page = tables.replaced(PAGE, found)
    assert tables.read(page, "rates").rows == (("a", "1"), ("b", "3"), ("c", "4"))
    assert page.startswith("before\n") and page.endswith("<!-- end -->\nafter\n")
    assert tables.replaced(page, found) == page


def test_a_table_of_other_columns_takes_the_whole_block() -> None:
    found = tables.table("rates", ("set", "rate", "memory"), [("b", "3", "9")])
    assert tables.read(tables.replaced(PAGE, found), "rates") == found


def test_a_table_without_a_block_is_an_error() -> None:
    with pytest.raises(LookupError, match="memory"):
        tables.replaced(PAGE, tables.table("memory", ("set",), []))


def test_what_is_shown_is_written_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    found = tables.table("rates", ("set", "rate"), [("a", "10")])
    tables.show(found, document=page)
    assert page.read_text("utf-8") == PAGE
    tables.show(found, write=True, document=page)
    assert ("a", "10") in tables.read(page.read_text("utf-8"), "rates").rows
    assert capsys.readouterr().out.splitlines()[:2] == ["set  rate", "a      10"]
