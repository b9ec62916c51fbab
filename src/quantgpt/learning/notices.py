"""What a reader must know about how a table was made: codes and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from quantgpt.learning.processors._base import FittedProcessor, Processor
from quantgpt.learning.spans import Span


def notice(code: str, zh: str, en: str, **args: Any) -> dict[str, Any]:
    """One notice in plain values."""
    return {"code": code, "zh": zh, "en": en, "args": args}


def fit_on_train(span: Span) -> dict[str, Any]:
    """The fit window was not given."""
    return notice(
        "fit_window_from_train",
        f"未指定拟合区间，处理器只用训练段 {span} 拟合",
        f"no fit window was given; the processors are fitted on the train segment {span} alone",
        start=str(span.start),
        end=str(span.end),
    )


def fit_after_train(fit: Span, train: Span) -> dict[str, Any]:
    """The fit window holds days after the train segment."""
    return notice(
        "fit_window_after_train",
        f"拟合区间 {fit} 晚于训练段 {train} 的结束日，验证或测试数据会泄漏到处理器中",
        f"the fit window {fit} ends after the train segment {train}: later data leak into the processors",
        fit_end=str(fit.end),
        train_end=str(train.end),
    )


def overlap(one: str, other: str) -> dict[str, Any]:
    """Two segments share days."""
    return notice(
        "segments_overlap",
        f"区间 {one} 与 {other} 有重叠的日期",
        f"the segments {one} and {other} share days",
        segments=[one, other],
    )


def label_in_inference(steps: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """Steps for inference change the label too."""
    done = ", ".join(steps)
    return notice(
        "label_changed",
        f"推断处理器 {done} 没有限定列组，推断与学习视图中的标签也被改变（与 Qlib 一致）；评估请用原始视图的标签",
        f"{done} have no group, so the label is changed too in the views for inference and learning, as in Qlib; "
        "evaluate with the label of the raw view",
        processors=list(steps),
        columns=list(labels),
    )


def of_processors(processors: Sequence[Processor]) -> Iterator[dict[str, Any]]:
    """Notices about what the fitted processors have learned."""
    for step in processors:
        if not isinstance(step, FittedProcessor):
            continue
        empty = [key for key, numbers in step.fitted.items() if numbers[-1] != numbers[-1]]
        constant = [key for key, numbers in step.fitted.items() if step.constant(numbers)]
        if empty:
            names = [name for _, name in empty]
            yield notice(
                "fit_not_finite",
                f"{step.name}：{len(names)} 列在拟合区间内没有可用的有限值，处理后为缺失",
                f"{step.name}: {len(names)} columns have no finite values to be fitted on and become missing",
                columns=names,
            )
        if constant:
            names = [name for _, name in constant]
            yield notice(
                "fit_constant",
                f"{step.name}：{len(names)} 列在拟合区间内为常数，保持不变",
                f"{step.name}: {len(names)} columns are constant in the fit window and stay as they are",
                columns=names,
            )
