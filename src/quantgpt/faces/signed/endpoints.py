"""The addresses: a table of methods, paths, weights and scopes, and which of them a request is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quantgpt.faces.signed.calls import Answer, Call
from quantgpt.faces.signed.refusals import Refusal

Weight = int | Callable[[Mapping[str, str]], int]
_NAME = re.compile(r"\{(\w+)\}")
_LONGEST_VALUE = 64


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One thing that can be asked. `public` ones may be asked without a key, and are counted per address then."""

    method: str
    path: str
    weight: Weight
    answer: Callable[[Call], Answer]
    scope: str = ""
    query: Sequence[str] = ()
    public: bool = False

    def cost(self, query: Mapping[str, str]) -> int:
        """The weight of a request with that query."""
        return self.weight if isinstance(self.weight, int) else self.weight(query)


class Endpoints:
    """All addresses."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        by_path: dict[str, dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
        self._known = [(_pattern(path), methods) for path, methods in by_path.items()]

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """What a request is for, and the values in its path; HEAD is for what GET is for.

        Raises: Refusal 404 for a path that is not there, or is not spelled plainly; 405 naming the methods.
        """
        for pattern, methods in self._known:
            if found := pattern.fullmatch(path):
                wanted = "GET" if method == "HEAD" else method
                if wanted in methods:
                    return methods[wanted], found.groupdict()
                allowed = sorted([*methods, "HEAD"] if "GET" in methods else methods)
                raise Refusal(
                    405,
                    "METHOD_NOT_ALLOWED",
                    f"{method[:16]} is not allowed here",
                    headers={"Allow": ", ".join(allowed)},
                )
        raise Refusal(404, "NOT_FOUND", "there is no such address")


def _pattern(path: str) -> re.Pattern[str]:
    """A pattern that takes one spelling only: no percent signs, no dots, no doubled slashes."""
    return re.compile(_NAME.sub(rf"(?P<\1>[A-Za-z0-9_-]{{1,{_LONGEST_VALUE}}})", path))
