"""Write the list of commands and their options into docs/commands.md, from the program itself.

python -m tools.list_commands
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from backstory.cli import cli

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
_BLOCK = re.compile(r"(<!-- commands -->\n).*?(<!-- end -->)", re.DOTALL)


def commands(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, in the order of ``--help``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def described() -> str:
    """All commands as Markdown: what each does, its arguments and options."""
    return "".join(_section(name, command) for name, command in commands())


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command)
    arguments = [
        parameter.make_metavar(context)
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    ]
    text = " ".join((command.help or "").split())
    lines = [f"\n### `{' '.join(['backstory', name, *arguments])}`\n\n{text}\n"]
    options = [
        record
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and (record := parameter.get_help_record(context)) is not None
    ]
    if options:
        lines.append("\n| option | meaning |\n| - | - |\n")
        lines += [f"| `{_cell(names)}` | {_cell(text)} |\n" for names, text in options]
    return "".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def replaced(page: str) -> str:
    return _BLOCK.sub(lambda match: f"{match[1]}{described()}\n{match[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text("utf-8")), "utf-8")
