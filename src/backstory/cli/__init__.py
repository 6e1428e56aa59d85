"""The command line: a thin layer over the library; each command's module is loaded when used."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from backstory import __version__
from backstory.model.errors import BackstoryError

# name: (module, one line of help); the modules are heavy, this table is not.
_COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("collecting", "Create a store with the default feeds of these editions."),
    "import": ("transfer", "Import JSONL (plain, .gz, .zst) or WARC files."),
    "export": ("transfer", "Export all articles as JSONL, with what was derived."),
    "crawl": ("collecting", "Poll the feeds of the store."),
    "feeds": ("collecting", "Add, list, remove, import and export feeds."),
    "article": ("reading", "Show an article: summary, tags, story, history, related."),
    "history": ("reading", "Show the timeline of the topic around each article."),
    "stories": ("reading", "List stories by rank, as of any date."),
    "topics": ("reading", "List active topics, busiest first."),
    "brief": ("brief", "Print or mail what is new, each with its backstory."),
    "search": ("reading", "Find articles that contain all words of a query."),
    "cluster": ("files", "Group the articles of a file into stories, without a store."),
    "copies": ("files", "Find reprints among the articles of a file, without a store."),
    "summarise": ("files", "Summarise the articles of a file, without a store."),
    "tag": ("files", "Tag the articles of a file, without a store."),
    "extract": ("files", "Turn HTML pages into article JSONL, without a store."),
    "serve": ("serving", "Serve pages, API and feeds."),
    "run": ("serving", "Crawl, group and serve in one process."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"backstory.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("import", "import_"))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        from backstory.cli.common import Failure

        try:
            return super().invoke(ctx)
        except Failure:
            raise
        except BackstoryError as error:
            from backstory.cli.problems import sentence

            raise Failure(sentence(error.problem)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="backstory")
def cli() -> None:
    """A news archive that shows every article with the history behind it.

    The store is --store URL, else BACKSTORY_STORE, else sqlite:///backstory.db.
    """


def main() -> None:
    """Run a command; what the user did wrong is one line on standard error and status 1."""
    from backstory.cli.common import Failure

    try:
        cli(prog_name="backstory")
    except BrokenPipeError:  # the reader of our output had enough
        sys.stderr.close()
        sys.exit(0)
    except Failure as failure:
        print(f"backstory: {failure}", file=sys.stderr)
        sys.exit(1)
