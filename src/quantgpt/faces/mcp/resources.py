"""Resources: the reference of operators and fields, the universes, the report and the result of a job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from quantgpt.faces.mcp.desk import Call, Desk, desk_of, owner_of
from quantgpt.faces.mcp.reference import field_reference, operator_reference
from quantgpt.foundations.errors import BadRequest, NotFound, QuantError

if TYPE_CHECKING:
    from quantgpt.faces.mcp.server import QuantServer

JSON = "application/json"
WAIT_FOR_REPORT_SECONDS = 30.0


def install(server: QuantServer, desk: Desk) -> None:
    """Add all resources."""
    server.resource(
        "quantgpt://operators", name="operators", title="算子参考 · Operators", mime_type="text/plain",
        description="All operators and fields of factor expressions",
    )(operator_reference_text)  # fmt: skip
    server.resource(
        "quantgpt://fields", name="fields", title="字段 · Fields", mime_type="text/plain",
        description="The fields that expressions may read, with units",
    )(field_reference_text)  # fmt: skip

    def universes() -> str:
        from quantgpt.services.market_facts import describe_universes

        try:
            desk.open_market()
            return json.dumps(describe_universes(desk.app), ensure_ascii=False)
        except QuantError as error:
            raise ResourceError(str(error)) from error

    server.resource(
        "quantgpt://universes", name="universes", title="股票池与基准 · Universes", mime_type=JSON,
        description="Stock universes and benchmarks of the open market",
    )(universes)  # fmt: skip
    server.resource(
        "quantgpt://jobs/{job_id}/result", name="job_result", title="任务结果 · Result", mime_type=JSON,
        description="The whole result of a finished job of yours, as the REST interface shows it",
    )(job_result)  # fmt: skip
    server.resource(
        "quantgpt://jobs/{job_id}/report", name="job_report", title="任务报告 · Report", mime_type="text/html",
        description="The HTML report of a finished factor test of yours",
    )(job_report)  # fmt: skip
    server.resource(
        "quantgpt://reports/{filename}", name="report", title="报告 · Report", mime_type="text/html",
        description="An HTML report of yours by its file name, as candidates of an iteration name it",
    )(report)  # fmt: skip


def operator_reference_text() -> str:
    """The operators."""
    return operator_reference()


def field_reference_text() -> str:
    """The fields."""
    return field_reference()


def job_result(job_id: str, ctx: Call) -> str:
    """The stored result of a job."""
    from quantgpt.services.errands import read_errand

    try:
        desk = desk_of(ctx)
        desk.open_records()
        job = read_errand(desk.app, job_id, owner_of(ctx))
    except NotFound as error:
        raise ResourceNotFoundError(error.message) from error
    except QuantError as error:
        raise ResourceError(str(error)) from error
    if job.state != "succeeded" or job.outcome is None:
        raise ResourceNotFoundError(f"任务没有结果：{job.error or job.stage}")
    return job.outcome


def job_report(job_id: str, ctx: Call) -> str:
    """The report of a job; a purged one is made again first."""
    from quantgpt.services.errands import report_of

    try:
        desk = desk_of(ctx)
        desk.open_records()
        path = report_of(desk.app, job_id, owner_of(ctx), WAIT_FOR_REPORT_SECONDS)
    except NotFound as error:
        raise ResourceNotFoundError(error.message) from error
    except QuantError as error:
        raise ResourceError(str(error)) from error
    return path.read_text(encoding="utf-8")


def report(filename: str, ctx: Call) -> str:
    """A report by its file name."""
    from quantgpt.services.errands import report_file

    try:
        desk = desk_of(ctx)
        desk.open_records()
        path = report_file(desk.app, filename, owner_of(ctx), WAIT_FOR_REPORT_SECONDS)
    except (NotFound, BadRequest) as error:
        raise ResourceNotFoundError(error.message) from error
    except QuantError as error:
        raise ResourceError(str(error)) from error
    return path.read_text(encoding="utf-8")
