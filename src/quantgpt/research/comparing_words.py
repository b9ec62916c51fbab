"""What a comparison says in words: what else than the factor differs, and whether the best is really better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Params = Mapping[str, Any]

SURE = 0.05
_KEYS = {
    "different_market": ("market", "行情库", "market"),
    "different_snapshot": ("data_snapshot", "行情快照", "snapshot"),
    "different_universe": ("universe", "股票池", "universe"),
    "different_benchmark": ("benchmark", "基准", "benchmark"),
    "different_holding": ("holding_period", "持有期", "holding period"),
    "different_execution": ("execution", "成交方式", "execution"),
    "different_costs": ("cost_model", "费用模型", "cost model"),
}


def warnings(letters: Sequence[str], params: Sequence[Params]) -> list[dict[str, Any]]:
    """What else than the factor differs, and which factors are the same."""
    found = []
    for code, (key, zh, en) in _KEYS.items():
        values = [one.get(key) for one in params]
        other = [letter for letter, value in zip(letters, values, strict=True) if value != values[0]]
        if other:
            shown = "、".join(other)
            found.append(
                {
                    "code": code,
                    "ids": other,
                    "zh": f"{shown} 的{zh}与 A 不同，差别不只来自因子",
                    "en": f"{', '.join(other)}: another {en} than A, so not only the factor differs",
                }
            )
    for one, another in equal_pairs(letters, params):
        found.append(
            {
                "code": "same_expression",
                "ids": [one, another],
                "zh": f"{one} 与 {another} 是同一个表达式",
                "en": f"{one} and {another} are the same expression",
            }
        )
    return found


def equal_pairs(letters: Sequence[str], params: Sequence[Params]) -> list[tuple[str, str]]:
    """The pairs of runs of one expression."""
    hashes = [one.get("expression_hash") for one in params]
    return [
        (letters[k], letters[m])
        for k in range(len(letters))
        for m in range(k + 1, len(letters))
        if hashes[k] is not None and hashes[k] == hashes[m]
    ]


def verdict(
    metrics: Sequence[Mapping[str, Any]],
    alignment: Mapping[str, Any],
    pairs: Sequence[Mapping[str, Any]],
    same_idea: Mapping[tuple[str, str], float],
) -> dict[str, Any]:
    """One sentence: is the best by score really better than the next, or are they one idea?

    It is better where its Sharpe ratio or its rank IC beats that of the runner-up by more than luck at 5 % for the two
    figures together (Bonferroni), and neither is worse by as much. `same_idea` has the pairs whose factor values correlate
    above 0.90.
    """
    rows = {str(row["name"]): row for row in metrics}
    score = rows["score"]
    letters = [chr(ord("A") + k) for k in range(len(score["values"]))]
    alike = [_alike(pair, value) for pair, value in sorted(same_idea.items())]
    known = {(str(pair["a"]), str(pair["b"])) for pair in pairs if pair["same_expression"]}
    alike += [_alike(pair, None) for pair in sorted(known - set(same_idea))]
    if alignment["state"] == "none":
        said = _said("not_comparable", {}, str(alignment["zh"]), str(alignment["en"]))
    else:
        said = _leader(rows, letters, set(same_idea) | known, alike)
    return {**said, "more": [one for one in alike if one["args"] != said["args"]]}


def _leader(
    rows: Mapping[str, Mapping[str, Any]],
    letters: Sequence[str],
    twins: set[tuple[str, str]],
    alike: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    values = rows["score"]["values"]
    ranked = sorted((k for k, v in enumerate(values) if isinstance(v, int | float)), key=lambda k: (-values[k], k))
    if len(ranked) < 2:
        return _said("no_score", {}, "没有足够的评分可以比较", "Too few scores to compare")
    best, second = ranked[:2]
    pair = (min(letters[best], letters[second]), max(letters[best], letters[second]))
    if pair in twins:
        return next(one for one in alike if (one["args"]["a"], one["args"]["b"]) == pair)
    a, b = letters[best], letters[second]
    args: dict[str, Any] = {"best": a, "other": b, "score": values[best], "other_score": values[second]}
    for name, zh, en in (("sharpe", "夏普", "Sharpe"), ("rank_ic_mean", "Rank IC", "rank IC")):
        if (found := _beats(rows, name, best, second)) is not None:
            digits = 2 if name == "sharpe" else 4
            low, high = (f"{edge:.{digits}f}" for edge in found["ci95"])
            args |= {"metric": name, "value": found["value"], "ci95": found["ci95"], "p": found["p"]}
            return _said(
                "clear",
                args,
                f"{a} 评分最高，也确实比 {b} 好：{zh} 高 {found['value']:.{digits}f}（95% 区间 {low}–{high}）",
                f"{a} scores highest and is better than {b}: {en} higher by {found['value']:.{digits}f} "
                f"(95% interval {low}–{high})",
            )
    return _said(
        "within_error",
        args,
        f"{a} 评分最高，但和 {b} 的差距在误差之内",
        f"{a} scores highest, but its lead over {b} is within error",
    )


def _beats(rows: Mapping[str, Mapping[str, Any]], name: str, best: int, second: int) -> Mapping[str, Any] | None:
    """How the best by score exceeds the next in one of the two figures; None where it does not, by more than luck, or
    where the other figure says the opposite as clearly."""
    gaps = {key: _between(rows[key], best, second) for key in ("sharpe", "rank_ic_mean")}
    sure = {
        key: gap is not None and gap["p"] is not None and gap["ci95"] is not None and gap["p"] <= SURE / len(gaps)
        for key, gap in gaps.items()
    }
    worse = any(sure[key] and gap is not None and gap["value"] < 0 for key, gap in gaps.items())
    gap = gaps[name]
    return gap if gap is not None and sure[name] and gap["value"] > 0 and not worse else None


def _between(row: Mapping[str, Any], best: int, second: int) -> Mapping[str, Any] | None:
    """The difference of two runs in a row."""
    found: Mapping[str, Any] | None = row["between"][best, second]
    return found


def _alike(pair: tuple[str, str], value: float | None) -> dict[str, Any]:
    one, other = pair
    args = {"a": one, "b": other, "correlation": None if value is None else round(value, 4)}
    if value is None:
        zh, en = f"{one} 与 {other} 是同一个表达式", f"{one} and {other} are the same expression"
    else:
        zh = f"{one} 与 {other} 是同一个想法：因子值相关 {value:.2f}"
        en = f"{one} and {other} are the same idea: factor values correlate {value:.2f}"
    return _said("same_idea", args, zh, en)


def _said(code: str, args: Mapping[str, Any], zh: str, en: str) -> dict[str, Any]:
    return {"code": code, "args": dict(args), "zh": zh, "en": en}
