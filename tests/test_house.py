"""The house rules: imports go one way and never in a circle, only the store speaks SQL, functions
stay of a size to read, the command line starts quickly.

The lists of exceptions may only shrink: one that is no longer needed fails its test. Evaluation,
benchmarks and tests may read the schema; they are not looked at here.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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
        elif isinstance(node, ast.ImportFrom) and node.module:
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
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return any(isinstance(text, str) and _SQL.search(text) for text in texts)


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
        node.name: {ast.unparse(one) for one in node.bases}
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }

    def is_error(name: str) -> bool:
        return name in ("Exception", "ValueError", "BaseException") or any(
            is_error(one) for one in bases.get(name, ())
        )

    def is_ours(name: str) -> bool:
        return name == "BackstoryError" or any(is_ours(one) for one in bases.get(name, ()))

    errors = {name for name in bases if is_error(name) and not name.startswith("_")}
    assert len(errors) > 5
    assert {name for name in errors if not is_ours(name)} == set()


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
