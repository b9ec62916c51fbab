"""What is never a description of a factor: code, orders to the program, attempts to reach what it must not tell."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"__|[{}\\$`|]|</?[a-z!?]|\bimport\b|\beval\b|\bexec\b|\bos\.|\brm\s+-|--|/\*|\bdrop\s+table\b|\bselect\b.{1,40}\bfrom\b"
    r"|\binsert\s+into\b|\bdelete\s+from\b|\bunion\s+select\b|https?:|\bcurl\b|\bwget\b|\.\./|/etc/|\bsudo\b|\bjavascript\b"
)
_ORDERS = re.compile(
    r"忽略(?!最近|近)|无视|忘掉|忘记|指令|提示词|系统提示|设定|扮演|管理员|密码|密钥|口令|令牌|环境变量|打印|输出.{0,6}(?:内容|变量|配置)|越狱|数据库"
    r"|\bignore\b|\bdisregard\b|\bforget\b|\binstructions?\b|\bsystem\s+prompt\b|\bprompts?\b|\bpretend\b|\bact\s+as\b|\brole\s*play\b"
    r"|\bpasswords?\b|\bapi[\s_-]*keys?\b|\bsecrets?\b|\bcredentials?\b|\benvironment\s+variables?\b|\benv\b|\bprint\b|\bjailbreak\b"
    r"|\badmin(?:istrator)?\b|\bdatabases?\b|\bassistant\s*:|\bsystem\s*:|\buser\s*:"
)


def is_no_description(text: str) -> bool:
    """Whether a plain text holds code or orders; then nothing of it is read, whatever else it says."""
    return bool(_CODE.search(text) or _ORDERS.search(text))


_SPAN = r"(?:\d+|[一二两三四五六七八九十几百半]+)\s*(?:个)?(?:半)?(?:交易日|日|天|周|星期|礼拜|月|季度|季|年)"
_EN_SPAN = r"(?:(?:\d+|few|couple|one|two|three|five|ten|twenty)\s*-?\s*)?(?:trading\s+)?(?:day|session|week|month|quarter|year|period|bar)s?\b"
_FUTURE = re.compile(
    r"未来|将来|今后|往后|明天|明日|明年|后天|次日|翌日|隔日|第二天|次周|次月|次年|(?<![一测试看算验究])下(?:个|一个?)?(?:交易日|周|星期|礼拜|月|季度|季|年|期|阶段)"
    r"|(?<![一测试看算验究])下[1-9]\d*(?:个)?(?:交易日|日|天|周|月)|即将|将会|将要|预测|预期(?:收益|涨|回报)"
    rf"|{_SPAN}(?:之后|以后|后)(?!复权)"
    r"|\btomorrow\b|\bfuture\b|\bforward(?=\s+(?:return|performance|looking)|-(?:return|looking))|\bupcoming\b|\bsubsequent\w*|\bpredict\w*|\bforecast\w*"
    rf"|\b(?:next|coming|following)\s+{_EN_SPAN}|\bafter\s+(?=\d|one|two|three|five|ten){_EN_SPAN}|\bin\s+(?:the\s+)?(?:next|coming)\b|\b{_EN_SPAN}\s+(?:ahead|later|forward|from\s+now|from\s+today)"
)


def future_in(text: str) -> str | None:
    """The first words of a text that speak of what is not known yet, None where there are none."""
    found = _FUTURE.search(text)
    return found[0].strip() if found else None
