"""Registries of plug-ins: found by name, loaded once, then frozen."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Generic, TypeVar

from quantgpt.foundations.errors import Broken, NotFound

T = TypeVar("T")


class Registry(Generic[T]):
    """Named plug-ins of one kind.

    >>> units = Registry[int]("unit")
    >>> units.add("metre", 1)
    >>> units["metre"], "mile" in units
    (1, False)
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}
        self._frozen = False

    def add(self, name: str, item: T) -> None:
        """Register `item`; raises Broken for a duplicate name or after `load` has frozen the registry."""
        if self._frozen:
            raise Broken(f"the registry of {self.kind}s is frozen; {name!r} came too late")
        if name in self._items:
            raise Broken(f"two {self.kind}s are named {name!r}")
        self._items[name] = item

    def load(self, package: str) -> None:
        """Import the public modules of `package` in name order, then freeze. Loading twice changes nothing."""
        if self._frozen:
            return
        root = importlib.import_module(package)
        for module in sorted(m.name for m in pkgutil.iter_modules(root.__path__)):
            if not module.startswith("_"):
                importlib.import_module(f"{package}.{module}")
        self._frozen = True

    def __getitem__(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._items, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(self)}"
            raise NotFound(f"no {self.kind} named {name!r}", hint=hint, nearest=near[0] if near else None) from None

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> list[tuple[str, T]]:
        """All (name, item) pairs in name order."""
        return sorted(self._items.items())
