"""The house rules: imports go one way and never in a circle, only the store speaks SQL, functions
stay of a size to read, the command line starts quickly.

The lists of exceptions may only shrink: one that is no longer needed fails its test. Evaluation,
benchmarks and tests may read the schema; they are not looked at here.
"""

from __future__ import annotations

import ast
import builtins
import pydoc
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from backstory.store.transactions import Writer

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src"
LINES, PARAMETERS = 80, 8
Function = ast.FunctionDef | ast.AsyncFunctionDef
_SQL = re.compile(
    r"\b(SELECT\s.+?\sFROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM)\b"
    r"|\bCREATE \w+ \w+|\bPRAGMA\b|\bjson_each\(",
    re.DOTALL,
)
_OF_THE_STORE = (
    "sqlalchemy", "sqlite3", "alembic", "psycopg", "backstory.store.dialects",
    "backstory.store.schema",
)  # fmt: skip
# What a view of the store is asked with inside of it, in statements.
_ASKS = {name for name in dir(Writer) if not name.startswith("_")} - {"once", "origin"}
_ABOVE = ("archive", "serve", "cli")  # what stands above the pipeline

# Modules outside of the store that speak of its database, each with the reason.
SPEAKS_SQL: dict[str, str] = {}

# Modules above the pipeline that hand connections around, each with the reason.
HANDS_CONNECTIONS: dict[str, str] = {}

# Functions that are larger than the rule allows, each with the reason.
LARGE: dict[str, str] = {
    "store.migrations.versions.0001_first_store.upgrade": "the first store's tables",
}

# Sets of modules that import one another, each with the reason.
CIRCLES: dict[frozenset[str], str] = {}


def test_imports_follow_the_way_of_the_data() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_help_answers_at_once() -> None:
    def seconds(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True, cwd=ROOT)
        return time.perf_counter() - start

    bare = min(seconds("-c", "pass") for _ in range(3))
    # 0.3 s on a quiet machine; beside a bare interpreter, so that a loaded one fails for cause.
    assert min(seconds("-m", "backstory", "--help") for _ in range(5)) < max(0.3, 8 * bare)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package, by its name, parsed."""
    found: dict[str, ast.Module] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCES).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = ast.parse(path.read_text())
    return found


def part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that one imports: of ``from package import name`` the name's, if it is one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level and node.module, "imports name the whole package"
            for one in node.names:
                inner = f"{node.module}.{one.name}"
                yield inner if inner in modules() else node.module


def functions(tree: ast.AST, within: str) -> Iterator[tuple[str, Function]]:
    """Every function of a tree, those inside others too, by its dotted name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{within}.{node.name}"
            if not isinstance(node, ast.ClassDef):
                yield name, node
            yield from functions(node, name)
        else:
            yield from functions(node, within)


def speaks_sql(tree: ast.Module) -> bool:
    if any(f"{name}.".startswith(f"{one}.") for name in imported(tree) for one in _OF_THE_STORE):
        return True
    return any(_SQL.search(text) for text in texts(tree)) or asks_in_statements(tree)


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a tree; in those that are put together a name stands for what is put in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else "name" for one in node.values
            )


def asks_in_statements(tree: ast.AST) -> bool:
    """Whether a view of the store, or its engine, is used as only the store's functions may."""
    views = set(views_of_the_store(tree))
    return any(
        isinstance(node, ast.Attribute)
        and (node.attr == "engine" or (node.attr in _ASKS and last_name(node.value) in views))
        for node in ast.walk(tree)
    )


def views_of_the_store(tree: ast.AST) -> Iterator[str]:
    """The names of what is annotated as one, or opened as one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            if re.search(r"\b(Reader|Writer)\b", ast.unparse(node.annotation)):
                yield node.arg
        elif isinstance(node, ast.AnnAssign):
            if re.search(r"\b(Reader|Writer)\b", ast.unparse(node.annotation)):
                yield last_name(node.target)
        elif isinstance(node, ast.withitem) and isinstance(node.context_expr, ast.Call):
            opened = last_name(node.context_expr.func)
            if opened in ("read", "write") and node.optional_vars is not None:
                yield last_name(node.optional_vars)


def last_name(node: ast.AST) -> str:
    return ast.unparse(node).rpartition(".")[2]


def hands_connections(tree: ast.Module) -> bool:
    signatures = (
        annotation
        for _, function in functions(tree, "")
        for annotation in (*(one.annotation for one in parameters(function)), function.returns)
        if annotation is not None
    )
    return any(
        isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith("Connection")
        for annotation in signatures
        for node in ast.walk(annotation)
    )


def parameters(function: Function) -> list[ast.arg]:
    """All but ``self`` and ``cls``."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [one for one in every if one.arg not in ("self", "cls")]


def test_only_the_store_speaks_sql() -> None:
    found = {name for name, tree in modules().items() if part(name) != "store" and speaks_sql(tree)}
    assert found == set(SPEAKS_SQL)


def test_no_connection_goes_above_the_pipeline() -> None:
    found = {
        name for name, tree in modules().items() if part(name) in _ABOVE and hands_connections(tree)
    }
    assert found == set(HANDS_CONNECTIONS)


def test_functions_are_of_a_size_to_read() -> None:
    found = {
        name
        for module, tree in modules().items()
        for name, function in functions(tree, module.removeprefix("backstory."))
        if (function.end_lineno or 0) - function.lineno >= LINES
        or len(parameters(function)) > PARAMETERS
    }
    assert found == set(LARGE)


def test_errors_have_one_base() -> None:
    """So that whoever catches ``BackstoryError`` has caught all; what only undoes is private."""
    bases = {
        f"{module}.{node.name}": [full_name(one, module) for one in node.bases]
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }

    def is_error(name: str) -> bool:
        if name in bases:
            return any(is_error(one) for one in bases[name])
        found = pydoc.locate(name)
        return isinstance(found, type) and issubclass(found, BaseException)

    def is_ours(name: str) -> bool:
        base = "backstory.model.errors.BackstoryError"
        return name == base or any(is_ours(one) for one in bases.get(name, ()))

    errors = {
        name for name in bases if is_error(name) and not name.rpartition(".")[2].startswith("_")
    }
    assert len(errors) > 5
    assert {name for name in errors if not is_ours(name)} == set()


def full_name(node: ast.expr, module: str) -> str:
    """The dotted name, package first, of a class that a module names; of ``Some[T]``, Some's."""
    name, *rest = ast.unparse(node.value if isinstance(node, ast.Subscript) else node).split(".")
    tree = modules()[module]
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef) and one.name == name:
            return f"{module}.{name}"
        if isinstance(one, ast.Import | ast.ImportFrom):
            for alias in one.names:
                if (alias.asname or alias.name) == name:
                    within = f"{one.module}." if isinstance(one, ast.ImportFrom) else ""
                    return ".".join([f"{within}{alias.name}", *rest])
    return ".".join([name if hasattr(builtins, name) else f"{module}.{name}", *rest])


@pytest.mark.parametrize(
    "source",
    [
        "import sqlite3",
        "from sqlalchemy import select",
        "from backstory.store import schema",
        "f'SELECT {column} FROM articles'",
        "f'{start} UPDATE {table} SET seen = 1'",
        "def ask(reader: Reader) -> None: reader.fetch('anything')",
        "def ask(some: Writer | None) -> None: some.execute(statement)",
        "with store.read() as view: view.stream(statement)",
        "class Some:\n    view: Reader\n    def ask(self): self.view.fetch('anything')",
        "store.engine.connect()",
    ],
)
def test_what_speaks_sql_is_seen(source: str) -> None:
    assert speaks_sql(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    ["'Select the news from these sources'", "fetcher.fetch(url)", "request.stream()",
     "with store.read() as reader: articles.kept(reader, [1])"],
)  # fmt: skip
def test_what_speaks_no_sql_is_left_alone(source: str) -> None:
    assert not speaks_sql(ast.parse(source))


def circles() -> set[frozenset[str]]:
    """Sets of modules that import one another, directly or through others."""
    needs = {name: set(imported(tree)) & set(modules()) for name, tree in modules().items()}
    reach: dict[str, set[str]] = {}
    for name in needs:
        reached: set[str] = set()
        ahead = list(needs[name])
        while ahead:
            one = ahead.pop()
            if one not in reached:
                reached.add(one)
                ahead.extend(needs[one])
        reach[name] = reached
    return {
        frozenset(other for other in reach[name] if name in reach[other])
        for name in needs
        if name in reach[name]
    }


def test_no_imports_go_in_a_circle() -> None:
    assert circles() == set(CIRCLES)


def test_what_was_compiled_of_other_sources_is_not_taken_up(tmp_path: Path) -> None:
    """An upgrade changes a source: what had been compiled before lies elsewhere."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCES / "backstory", tmp_path / "backstory", ignore=ignored)

    def place() -> str:
        line = "import backstory, os; print(os.environ['NUMBA_CACHE_DIR'])"
        environment = {"PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-c", line]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return found.stdout.strip()

    before = place()
    assert before.startswith(str(tmp_path / "cache" / "backstory"))
    assert place() == before
    changed = tmp_path / "backstory" / "group" / "index" / "kernels.py"
    changed.write_text(changed.read_text() + "\n")
    assert place() != before
