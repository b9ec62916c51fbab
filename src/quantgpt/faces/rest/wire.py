"""Bodies of requests and the task object, under the names that the contract fixes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from quantgpt.records import Job, JobEvent
from quantgpt.services import tasks
from quantgpt.services.descriptions import Describe
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
    seal: StrictBool = Field(False, description="保留区间末尾的封存段，不参与本次检验")


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

    prompt: Text = Field(description="自然语言描述或因子表达式")
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
        given = self.model_dump(exclude={"options", "session_id"})
        left_out = tuple(name for name in given if name not in self.model_fields_set)
        return TestFactor(**given, **options.model_dump(), left_out=left_out)


class NewSessionBody(BaseModel):
    """POST /sessions."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "动量因子研究"}})

    name: Text | None = Field(None, description="名称，最多 200 字；不填则取第一个完成任务的 prompt")


class SessionNameBody(BaseModel):
    """PATCH /sessions/{session_id}."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "新名称"}})

    name: Text = Field(description="名称，1~200 字")


class FeedbackBody(BaseModel):
    """POST /feedback."""

    model_config = ConfigDict(json_schema_extra={"example": {"description": "图表没有显示", "page_url": "/runs/1"}})

    description: Text = Field(description="问题描述，1~2000 字")
    screenshot: Text | None = Field(None, description="PNG 截图：data:image/png;base64,… 或 base64，最多 5 MB")
    task_id: Text | None = Field(None, description="关联任务")
    page_url: Text | None = Field(None, description="当前页面，最多 500 字")
    user_agent: Text | None = Field(None, description="浏览器，最多 500 字")


class PasswordBody(BaseModel):
    """POST /admin/login."""

    password: Text = Field(description="管理员密码")


class ExpressionBody(BaseModel):
    """POST /expressions/validate."""

    expression: Text = Field(description="因子表达式")
    market: Text | None = Field(None, description="行情库名称；默认为当前行情库")


class DescribeBody(ExpressionBody):
    """POST /expressions/describe."""

    dialect: Text = Field("quantgpt", description="写法：quantgpt 或 qlib")
    other: Text | None = Field(None, description="与之比较的表达式")
    others: list[Text] = Field([], max_length=20, description="由它改成的表达式，逐个说明改了什么")
    similar: StrictBool = Field(True, description="查找相似的因子")

    def to_request(self) -> Describe:
        """The request that the service takes."""
        return Describe(**{**self.model_dump(), "others": tuple(self.others)})


class Accepted(BaseModel):
    """The answer to a submission."""

    task_id: str
    status: str


def moment(seconds: float | None) -> str | None:
    """UTC without a zone, as the contract writes it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def choice_json(choice: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a choice; where the sealed slice was open already, with the moment of that as the contract writes it."""
    opening = dict(choice["opening"])
    if "opened" in opening:
        opening["opened"] = {**opening["opened"], "created_at": moment(opening["opened"]["created_at"])}
    return {**choice, "opening": opening}


def task_json(
    job: Job,
    event: JobEvent | None = None,
    *,
    parts: Iterable[JobEvent] = (),
    brief: bool = False,
    q_values: Mapping[str, Any] | None = None,
) -> str:
    """The task object as JSON text, the same from wherever it is read; at the time of `event`, where one is given.

    `parts` are events of the job that carry its candidates; those behind `event` or of another attempt do not count.
    The stored result goes in as it is, or with `brief` only its key figures. `q_values` stand beside it in lists.
    """
    then = event if event is not None and event.state in ("queued", "running") else None
    facts, ask = json.loads(job.facts), json.loads(job.ask)
    result = "null" if then else job.outcome or "null"
    if brief and job.state == "succeeded" and not then:
        result = _text(facts["brief"]) if "brief" in facts else result
    head = {
        "task_id": job.id,
        "status": then.stage if then else job.stage,
        "task_type": "iteration" if tasks.is_iteration(job) else "backtest",
        "session_id": job.session_id,
        "parent_task_id": job.parent_id,
        "lineage_id": job.lineage_id,
        "params": _params(job, ask, facts),
        "expression": facts.get("expression"),
        **_candidates(job, then, ask, result, parts, brief),
        "error": None if then else job.error,
        "error_facts": json.loads(job.error_facts) if job.error_facts and not then else None,
        **_place(job, then, facts, ask),
        "warnings": facts.get("warnings", []),
        "manifest_id": facts.get("manifest_id"),
        "result_hash": None if then else job.outcome_hash,
        "timings": facts.get("timings"),
        "counts": facts.get("counts"),
        "q_values": dict(q_values) if q_values else None,
    }
    return f'{_text(head)[:-1]},"result":{result}}}'


def _text(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _place(job: Job, then: JobEvent | None, facts: dict[str, Any], ask: dict[str, Any]) -> dict[str, Any]:
    """Where the work is or was, and when. `code` and `args` say in plain values what `message` says in words."""
    now = then or job
    known = dict((facts.get("counts") or {}).get(now.stage) or {})
    code = str(known.pop("step", now.stage))
    if "n_candidates" in ask and now.stage == "iterating":
        known["total"] = int(ask["n_candidates"])
    told = {
        "stage": now.stage,
        "pct": round(100 * now.fraction, 1),
        "message": now.message,
        "code": code,
        "args": known,
    }
    return {
        "progress": told,
        "attempt": now.attempt,
        "created_at": moment(job.created_at),
        "updated_at": moment(then.at if then else job.updated_at),
        "finished_at": None if then else moment(job.finished_at),
    }


def _candidates(
    job: Job, then: JobEvent | None, ask: dict[str, Any], result: str, parts: Iterable[JobEvent], brief: bool
) -> dict[str, Any]:
    """The candidates of an iteration: as they came in while it runs, as its result sorts them when it is done."""
    if not tasks.is_iteration(job):
        names = ("candidates", "candidates_done", "candidates_total", "selected_candidate_index")
        return dict.fromkeys(names)
    if then is None and job.state == "succeeded" and result != "null":
        rows = json.loads(result).get("candidates", [])
    else:
        last, attempt = (then.seq, then.attempt) if then else (job.last_seq, job.attempt)
        told = [part for part in parts if part.part is not None and part.seq <= last and part.attempt == attempt]
        rows = [json.loads(part.part or "null") for part in told]
    return {
        "candidates": [_short(row) for row in rows] if brief else rows,
        "candidates_done": len(rows),
        "candidates_total": max(int(ask.get("n_candidates", 0)), len(rows)),
        "selected_candidate_index": job.selected,
    }


_SHORT = (
    "expression", "status", "score", "score_ci95", "grade", "error", "duplicate", "strategy", "report_url", "report_filename",
)  # fmt: skip


def _short(candidate: dict[str, Any]) -> dict[str, Any]:
    """What a list shows of a candidate."""
    return {name: candidate[name] for name in _SHORT if name in candidate}


def _params(job: Job, ask: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """What was asked for; an iteration shows the settings of its parent's test and its own."""
    if tasks.is_iteration(job):
        own = {name: ask[name] for name in ("n_candidates", "run_rolling_validation") if name in ask}
        return {**facts.get("params", {}), "parent_task_id": job.parent_id, **own}
    named = [name for name in BacktestBody.model_fields if name in ask]
    return {name: ask[name] for name in named} | {"options": {name: ask.get(name) for name in OPTIONS}}
