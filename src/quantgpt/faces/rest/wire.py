"""Bodies of requests and the task object, under the names that the contract fixes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from quantgpt.records import Job, JobEvent
from quantgpt.services.factor_tests import TestFactor


def _plain(text: str) -> str:
    """Text that can be stored and sent: no lone surrogates, no NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("含有无效字符") from None
    if "\0" in text:
        raise ValueError("含有无效字符")
    return text


Text = Annotated[StrictStr, AfterValidator(_plain)]


class OptionsBody(BaseModel):
    """Our own options; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid")

    market: Text | None = Field(None, description="行情库名称；默认为当前行情库")
    direction: StrictInt | None = Field(None, description="因子方向 1 或 -1；默认由校准段决定")
    neutralize_industry: StrictBool = Field(False, description="按行业中性化因子值")
    execution: Text = Field("next_open", description="成交方式")
    costs: Text = Field("flat", description="费用模型：flat 或 itemised")


OPTIONS = list(OptionsBody.model_fields)


class BacktestBody(BaseModel):
    """POST /auto_backtest."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "prompt": "rank(close/ts_mean(close, 20))",
                "universe": "hs300",
                "start_date": "2023-01-01",
                "end_date": "2025-12-31",
            }
        }
    )

    prompt: Text = Field(description="因子表达式")
    universe: Text = Field("hs300", description="股票池")
    start_date: Text = Field("2023-01-01", description="起始日期 YYYY-MM-DD")
    end_date: Text = Field("2025-12-31", description="结束日期 YYYY-MM-DD")
    n_groups: StrictInt = Field(5, description="分组数量 2~20")
    holding_period: StrictInt = Field(5, description="持仓周期 1~60 交易日")
    benchmark: Text = Field("hs300", description="基准")
    session_id: Text | None = Field(None, description="关联会话")
    options: OptionsBody | None = Field(None, description="可选设置")

    def to_request(self) -> TestFactor:
        """The request that the service takes."""
        options = self.options or OptionsBody()
        return TestFactor(**self.model_dump(exclude={"options", "session_id"}), **options.model_dump())


class ExpressionBody(BaseModel):
    """POST /expressions/validate."""

    expression: Text = Field(description="因子表达式")


class Accepted(BaseModel):
    """The answer to a submission."""

    task_id: str
    status: str


def moment(seconds: float | None) -> str | None:
    """UTC without a zone, as the contract writes it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def task_json(job: Job, event: JobEvent | None = None, *, brief: bool = False) -> str:
    """The task object as JSON text; at the time of `event`, where one is given. The stored result goes in as it is,
    or with `brief` only its key figures."""
    then = event if event is not None and event.state in ("queued", "running") else None
    status = then.stage if then else job.stage
    facts, ask = json.loads(job.facts), json.loads(job.ask)
    head = {
        "task_id": job.id,
        "status": status,
        "task_type": "backtest",
        "session_id": None,
        "params": _params(ask),
        "expression": facts.get("expression"),
        "error": None if then else job.error,
        "error_facts": json.loads(job.error_facts) if job.error_facts and not then else None,
        "progress": {
            "stage": status,
            "pct": round(100 * (then.fraction if then else job.fraction), 1),
            "message": then.message if then else job.message,
        },
        "attempt": then.attempt if then else job.attempt,
        "warnings": facts.get("warnings", []),
        "manifest_id": facts.get("manifest_id"),
        "result_hash": None if then else job.outcome_hash,
        "timings": facts.get("timings"),
        "created_at": moment(job.created_at),
        "updated_at": moment(then.at if then else job.updated_at),
        "finished_at": None if then else moment(job.finished_at),
    }
    result = "null" if then else job.outcome or "null"
    if brief and "brief" in facts:
        result = json.dumps(facts["brief"], ensure_ascii=False, separators=(",", ":"))
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f'{text[:-1]},"result":{result}}}'


def _params(ask: dict[str, Any]) -> dict[str, Any]:
    named = [name for name in BacktestBody.model_fields if name in ask]
    return {name: ask[name] for name in named} | {"options": {name: ask.get(name) for name in OPTIONS}}
