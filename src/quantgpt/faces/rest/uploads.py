"""Files in a multipart body, written to disk as they come in: no upload is ever held in memory or in a folder of the system."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from anyio import CancelScope, to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from quantgpt.foundations.errors import BadRequest
from quantgpt.services.import_files import Upload

PIECE = 1 << 20
LONGEST_VALUE = 256
"""bytes of a field that is no file"""


class _Form:
    """What the parser calls: files go to the upload, fields are kept."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self.fields: dict[str, str] = {}
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._disposition = b""
        self._name = ""
        self._value: bytearray | None = None
        self.is_whole = False

    def part_begin(self) -> None:
        self._disposition, self._value = b"", None
        self._header = (bytearray(), bytearray())

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def header_end(self) -> None:
        if bytes(self._header[0]).lower() == b"content-disposition":
            self._disposition = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition.decode("latin-1"))
        self._name = _text(options.get(b"name", b""))
        filename = options.get(b"filename")
        if filename is None:
            self._value = bytearray()
        elif self._name == "files":
            self._upload.open_file(_text(filename))
        else:
            raise BadRequest(f"文件要放在字段 files 里，收到 {self._name[:40]!r}", field="files")

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._value is None:
            self._upload.write(data[start:end])
            return
        self._value.extend(data[start:end])
        if len(self._value) > LONGEST_VALUE:
            raise BadRequest(f"{self._name[:40]} 太长", field=self._name[:40] or None)

    def part_end(self) -> None:
        if self._value is None:
            self._upload.close_file()
        elif len(self.fields) < 10:
            self.fields[self._name] = _text(bytes(self._value))

    def end(self) -> None:
        self.is_whole = True


async def receive(request: Request, upload: Upload) -> dict[str, str]:
    """Write the files of a request into an upload; returns the other fields.

    Raises: BadRequest for a body that is no multipart form or breaks off, and what the upload raises.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise BadRequest("Content-Type 应为 multipart/form-data", field="files", hint="send files in the field `files`")
    form = _Form(upload)
    parser = _parser(boundary, form)
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting.extend(chunk)
            if len(waiting) >= PIECE:
                await to_thread.run_sync(_fed, parser, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(_fed, parser, bytes(waiting))
        await to_thread.run_sync(_fed_all, parser, form)
    except ClientDisconnect:
        raise BadRequest("上传中断", field="files", hint="send it again") from None
    return form.fields


async def off_the_loop(work: Callable[[], object]) -> None:
    """Tidy up in a thread, also when the request was given up."""
    with CancelScope(shield=True):
        await to_thread.run_sync(partial(_ignored, work))


def _ignored(work: Callable[[], object]) -> None:
    work()


def _parser(boundary: bytes, form: _Form) -> MultipartParser:
    try:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": form.part_begin,
                "on_header_field": form.header_field,
                "on_header_value": form.header_value,
                "on_header_end": form.header_end,
                "on_headers_finished": form.headers_finished,
                "on_part_data": form.part_data,
                "on_part_end": form.part_end,
                "on_end": form.end,
            },
        )
    except FormParserError as error:
        raise _malformed(error) from None


def _fed(parser: MultipartParser, data: bytes) -> None:
    try:
        parser.write(data)
    except FormParserError as error:
        raise _malformed(error) from None


def _fed_all(parser: MultipartParser, form: _Form) -> None:
    try:
        parser.finalize()
    except FormParserError as error:
        raise _malformed(error) from None
    if not form.is_whole:
        raise BadRequest("上传不完整", field="files", hint="the body breaks off; send it again")


def _malformed(error: Exception) -> BadRequest:
    return BadRequest("上传的内容不是合法的 multipart 表单", field="files", hint=str(error)[:120])


def _text(data: bytes) -> str:
    """Browsers write names as UTF-8."""
    return data.decode("utf-8", "replace").replace("\0", "")
