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
