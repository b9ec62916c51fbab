"""Machine code on disk is forgotten when any source changes that was compiled into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quantgpt.foundations import jit


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of our name with kernels that use others."""
    home = tmp_path / "quantgpt"
    (home / "inner").mkdir(parents=True)
    (home / "inner" / "__init__.py").write_text("")
    (home / "kernels.py").write_text("from quantgpt.inner import (\n    deep,\n)\nfrom quantgpt.rates import FEE\n")
    (home / "inner" / "deep.py").write_text("import quantgpt.rates\n")
    (home / "rates.py").write_text("FEE = 1\n")
    (home / "apart.py").write_text("")
    monkeypatch.setattr(jit, "_PACKAGE", home)
    _forget()
    yield home
    _forget()


def _forget() -> None:
    jit._folder.cache_clear()
    jit._imported.cache_clear()


def test_a_kernel_depends_on_what_it_imports_directly_or_not(package: Path) -> None:
    found = jit._sources(package / "kernels.py")
    assert [path.relative_to(package).as_posix() for path in found] == [
        "inner/__init__.py", "inner/deep.py", "kernels.py", "rates.py",
    ]  # fmt: skip


def test_a_change_elsewhere_moves_the_folder_and_removes_the_old_one(package: Path) -> None:
    first = Path(jit._folder("quantgpt.kernels"))
    assert first.is_dir()
    (package / "apart.py").write_text("nothing = 1\n")
    _forget()
    assert Path(jit._folder("quantgpt.kernels")) == first
    (package / "rates.py").write_text("FEE = 2\n")
    _forget()
    second = Path(jit._folder("quantgpt.kernels"))
    assert second != first
    assert second.is_dir()
    assert not first.exists()


def test_code_that_is_not_ours_is_kept_where_numba_likes(package: Path) -> None:
    assert jit._folder("tests.parity.plain_kernels") == ""
    assert jit._folder("quantgpt") == ""


def test_the_compiled_path_of_the_grid_depends_on_the_arithmetic() -> None:
    _forget()
    names = {path.name for path in jit._sources(Path(jit.__file__).parents[1] / "bars" / "lattice" / "kernels.py")}
    assert {"kernels.py", "jit.py"} <= names
