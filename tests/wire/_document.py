"""What the API document says: its examples as they stand there, and how an answer is held against one.

`...` in an example means: something of that kind.
"""

from __future__ import annotations

import re
from typing import Any

MORE = "..."
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
DAY = re.compile(r"\d{4}-\d\d-\d\d")

SEND_CODE = {"message": "验证码已发送", "expires_in": 300}
USER = {"id": "uuid", "email": "user@example.com", "created_at": "2026-01-01T00:00:00"}
VERIFIED = {"access_token": "eyJ...", "refresh_token": "eyJ...", "token_type": "bearer", "user": USER}
REFRESHED = {"access_token": "eyJ...", "token_type": "bearer"}
SESSION = {"id": "uuid", "name": "动量因子研究", "created_at": "2026-01-01T00:00:00"}
SESSIONS = {
    "sessions": [
        {
            "id": "uuid",
            "name": "动量因子研究",
            "created_at": "2026-01-01T00:00:00",
            "updated_at": "2026-01-02T00:00:00",
        }
    ]
}
RENAMED = {"id": "uuid", "name": "新名称"}
SUBMISSION = {
    "prompt": "帮我测试一个20日动量因子",
    "universe": "hs300",
    "start_date": "2023-01-01",
    "end_date": "2025-12-31",
}
DEFAULTS = {"n_groups": 5, "holding_period": 5, "benchmark": "hs300"}
SUBMITTED = {"task_id": "a1b2c3d4e5f6", "status": "pending"}
TASKS = {
    "tasks": [
        {
            "task_id": "a1b2c3d4e5f6",
            "status": "completed",
            "params": {MORE: MORE},
            "expression": "rank(close/ts_mean(close, 20))",
            "result": {MORE: MORE},
        }
    ],
    "page": 1,
    "page_size": 20,
}
COMPLETED: dict[str, Any] = {
    "task_id": "a1b2c3d4e5f6",
    "status": "completed",
    "expression": "rank(close/ts_mean(close, 20))",
    "result": {
        "report_url": "/api/v1/reports/backtest_report_20260321.html",
        "metrics": {
            "total_return": 0.156,
            "cagr": 0.052,
            "sharpe": 0.48,
            "sortino": 0.63,
            "max_drawdown": -0.182,
            "volatility": 0.185,
            "win_rate": 0.524,
            "profit_factor": 1.12,
        },
        "backtest_summary": {
            "long_short_sharpe": 0.35,
            "long_short_annual": 0.043,
            "top_group_sharpe": 0.48,
            "monotonicity_score": 0.8,
            "spread": 0.00082,
            "ic_mean": 0.032,
            "rank_ic_mean": 0.038,
            "ic_ir": 0.45,
            "ic_win_rate": 0.56,
            "turnover": 0.42,
            "cost_adjusted": True,
            "cost_rate": 0.003,
            "total_cost_drag": 0.0156,
            "group_returns": {
                "0": {
                    "group": "G1",
                    "mean_return": 0.00021,
                    "annual_return": 0.054,
                    "sharpe": 0.35,
                    "max_drawdown": -0.15,
                },
                "4": {
                    "group": "G5",
                    "mean_return": 0.00102,
                    "annual_return": 0.293,
                    "sharpe": 0.85,
                    "max_drawdown": -0.12,
                },
            },
        },
        "anti_overfit": {
            "score": 75.0,
            "recommendation": "谨慎",
            "passed_count": 3,
            "total_count": 4,
            "tests": [
                {"name": "IC稳定性", "passed": True, "details": {"ic_mean": 0.032, "positive_rate": 0.58}},
                {"name": "子样本压力", "passed": True, "details": {"consistency": 0.8}},
                {"name": "安慰剂检验", "passed": True, "details": {"perm_pass": True, "decay_ok": True}},
                {"name": "半衰期估计", "passed": False, "details": {"half_life_days": 3.2}},
            ],
        },
        "stock_factor_data": {
            "rebalance_date": "2025-12-15",
            "flipped": False,
            "total_stock_count": 300,
            "stocks": [
                {
                    "stock_code": "sh.600519",
                    "factor_value": 1.05,
                    "factor_rank": 0.98,
                    "group": 4,
                    "group_label": "G5",
                    "period_return": 0.12,
                }
            ],
        },
        "params": {
            "expression": "rank(close/ts_mean(close, 20))",
            "universe": "hs300",
            "start_date": "2023-01-01",
            "end_date": "2025-12-31",
            "n_groups": 5,
            "holding_period": 5,
            "benchmark": "hs300",
            "stock_count": 300,
        },
        "llm": {
            "prompt": "帮我测试一个20日动量因子",
            "generated_expression": "rank(close/ts_mean(close, 20))",
        },
    },
}
FAILED = {"task_id": "a1b2c3d4e5f6", "status": "failed", "error": "因子表达式无效: Unknown column"}
ITERATION_SUBMITTED = {"task_id": "iter_b2c3d4e5f6", "status": "pending"}
SUCCESS = {
    "expression": "rank(ts_corr(close, volume, 20)) * rank(ts_delta(close, 10)/close)",
    "status": "success",
    "score": 62.3,
    "grade": "B",
    "component_scores": {"sharpe": 55.0, "monotonicity": 80.0},
    "backtest_summary": {MORE: MORE},
    "anti_overfit": {"score": 50.0, "mode": "fast"},
    "report_metrics": {MORE: MORE},
    "report_url": "/api/v1/reports/backtest_report_xxx.html",
}
FAILURE = {"expression": "bad_expression", "status": "failed", "error": "表达式验证失败: Unknown column"}
ITERATED: dict[str, Any] = {
    "task_id": "iter_b2c3d4e5f6",
    "status": "iteration_completed",
    "task_type": "iteration",
    "parent_task_id": "a1b2c3d4e5f6",
    "candidates_done": 5,
    "candidates_total": 5,
    "candidates": [MORE],
    "result": {
        "parent_task_id": "a1b2c3d4e5f6",
        "parent_expression": "rank(close/ts_mean(close, 20))",
        "parent_score": 35.9,
        "parent_grade": "D",
        "candidates": [MORE],
    },
}
SELECTED = {
    "task_id": "iter_b2c3d4e5f6",
    "selected_index": 0,
    "expression": "rank(ts_corr(close, volume, 20)) * rank(ts_delta(close, 10)/close)",
    "score": 62.3,
    "grade": "B",
    "report_url": "/api/v1/reports/backtest_report_xxx.html",
    "report_metrics": {MORE: MORE},
    "backtest_summary": {MORE: MORE},
}
FEEDBACK = {"id": "abc123def456", "status": "received", "webhook_sent": True}
ADMIN_TOKEN = {"token": "admin_jwt_token"}
OVERVIEW = {
    "total_users": 13,
    "total_tasks": 106,
    "success_rate": 0.81,
    "total_feedbacks": 5,
    "unresolved_feedbacks": 2,
    "status_distribution": {"completed": 72, "failed": 17, "iteration_completed": 17},
    "daily_tasks_7d": [{"date": "2026-03-15", "count": 8}],
    "user_trend_30d": [{"date": "2026-03-01", "count": 2}],
}
RESOLVED = {"id": "feedback_id", "resolved": True, "resolved_at": "2026-03-21T12:00:00"}
HEALTH = {"status": "ok", "active_tasks": 2, "total_tasks": 106}
ERROR = {"detail": "错误描述信息"}

BACKTEST_STATES = [
    "pending", "generating_expression", "validating", "fetching_data", "backtesting", "analyzing", "generating_report",
    "completed",
]  # fmt: skip
ITERATION_STATES = ["pending", "iterating", "iteration_completed"]
OPERATORS = {
    "rank", "zscore", "sign", "log", "abs", "scale", "ts_mean", "ts_std", "ts_sum", "ts_max", "ts_min", "ts_shift",
    "ts_delta", "ts_rank", "ts_argmax", "ts_argmin", "decay_linear", "product", "ts_corr", "ts_cov", "power",
    "sign_power", "tanh", "sigmoid", "exp", "sqrt", "max", "min", "where", "clip",
}  # fmt: skip
EXPRESSIONS = [
    "rank(close/ts_mean(close, 20))",
    "rank(-1 * ts_delta(close, 5) / ts_shift(close, 5))",
    "rank(-1 * ts_std(returns, 20))",
    "rank(ts_corr(close, volume, 10))",
    "sign_power(rank(volume/adv20), 2) * rank((close-vwap)/close)",
    "rank(delta(close, 5) / delay(close, 5)) + correlation(close, volume, 10) - covariance(open, high, 10)",
    "where(pct_change > 0 and amount >= 1 or low != high, cap, adv60) ^ 2",
]


def unlike(example: Any, answer: Any, place: str = "") -> list[str]:
    """Where an answer lacks a key of the example, or has another JSON type there."""
    if example == MORE:
        return []
    if isinstance(example, dict):
        if not isinstance(answer, dict):
            return [f"{place}: {answer!r} is no object"]
        lacking = [f"{place}.{key} is missing" for key in example if key != MORE and key not in answer]
        inside = [unlike(example[key], answer[key], f"{place}.{key}") for key in example if key in answer]
        return lacking + [fault for faults in inside for fault in faults]
    if isinstance(example, list):
        return _unlike_rows(example, answer, place)
    return [] if _same_kind(example, answer) else [f"{place}: {answer!r} is not like {example!r}"]


def _unlike_rows(example: list[Any], answer: Any, place: str) -> list[str]:
    """Rows are held against the row of the same name, else against the first."""
    if not isinstance(answer, list) or not answer:
        return [f"{place}: {answer!r} is no list with rows"]
    if example == [MORE]:
        return []
    named = {row["name"]: row for row in example if "name" in row and "passed" in row}
    if named:
        given = {row.get("name"): row for row in answer}
        return [f for name, row in named.items() for f in unlike(row, given.get(name), f"{place}[{name}]")]
    return [f for at, row in enumerate(answer) for f in unlike(example[0], row, f"{place}[{at}]")]


def _same_kind(example: Any, answer: Any) -> bool:
    if isinstance(example, bool) or isinstance(answer, bool):
        return isinstance(example, bool) and isinstance(answer, bool)
    if isinstance(example, int):
        return isinstance(answer, int)
    if isinstance(example, float):
        return isinstance(answer, int | float)
    if not isinstance(answer, str):
        return False
    for form in (UUID, MOMENT, DAY):
        if example == "uuid" or form.fullmatch(example):
            return bool((UUID if example == "uuid" else form).fullmatch(answer))
    return bool(answer)
