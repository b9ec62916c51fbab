"""The rules of the tree that no other tool checks."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "quantgpt"
MODULES = sorted(SOURCE.rglob("*.py"))
LISTED = {
    "faces", "services", "connectors", "client", "reports", "research", "backtest", "bars", "learning", "strategies",
    "templates", "factors", "libraries", "trading", "metrics", "expr", "operators", "codegen", "market", "records",
    "foundations",
}  # fmt: skip
SLOW_IMPORTS = {
    *("numba", "pandas", "pyarrow", "scipy", "matplotlib", "llvmlite"),
    *("openai", "mcp", "PIL", "httpx2", "aiosmtplib", "jinja2", "fontTools"),
}


def names(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


def calls(path: Path) -> set[str]:
    return {node.func.id for node in nodes(path) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_no_module_evaluates_text_or_prints(path: Path) -> None:
    assert not calls(path) & {"eval", "exec", "print", "compile", "__import__"}


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_no_module_declares_a_global(path: Path) -> None:
    assert not [node for node in nodes(path) if isinstance(node, ast.Global)]


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    if names(path) == "foundations/settings.py":
        return
    reads = [node for node in nodes(path) if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}]
    assert not reads


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_every_module_says_what_lives_there(path: Path) -> None:
    assert ast.get_docstring(tree_of(path))


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_every_public_name_has_a_docstring(path: Path) -> None:
    bare = [
        node.name
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not bare


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_only_frozen_records_are_written_with_pickle_free_formats(path: Path) -> None:
    imported = {alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names}
    assert not imported & {"pickle", "joblib", "dill", "shelve", "marshal"}


def test_every_package_is_in_the_import_contract() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages <= LISTED


def test_nothing_is_called_utils() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert not {path.stem for path in MODULES} & banned


def test_no_tracked_text_names_a_registry_or_a_machine() -> None:
    hosts = re.compile("|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "/wo" + "rk/")))
    skipped = {".git", ".venv", ".tools", "node_modules", "static", "__pycache__", ".hypothesis"}
    found = [
        str(path.relative_to(ROOT))
        for folder in ("src", "tests", "bench", "docs", "scripts", "requirements", "web", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and not skipped & set(path.relative_to(ROOT).parts)
        and path.suffix in {".py", ".md", ".sh", ".txt", ".toml", ".json", ".ts", ".tsx", ".mjs", ".css", ".html", ""}
        and hosts.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


def test_importing_the_package_costs_nothing() -> None:
    import subprocess
    import sys

    code = "import sys, quantgpt; print(sorted(m for m in sys.modules if m.startswith('quantgpt')))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "['quantgpt']"


def test_the_server_and_the_help_text_load_no_slow_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import quantgpt.bootstrap, quantgpt.expr, quantgpt.faces.cli.main as m, quantgpt.faces.rest.app; "
        f"m.build_cli(); print(sorted({SLOW_IMPORTS!r} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_a_server_is_made_without_anything_slow(tmp_path: Path) -> None:
    """What computes, draws, writes letters or speaks to models is imported when it is first used."""
    import os
    import subprocess
    import sys

    code = (
        "import sys; from quantgpt.bootstrap import build_app; from quantgpt.faces.rest.app import create_api; "
        "from quantgpt.faces import serving; app = build_app(); app.records.migrate(); create_api(app); "
        f"print(sorted({SLOW_IMPORTS!r} & set(sys.modules)))"
    )
    environment = {**os.environ, "QUANTGPT_HOME": str(tmp_path), "DATABASE_URL": ""}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert out.stdout.strip() == "[]"
