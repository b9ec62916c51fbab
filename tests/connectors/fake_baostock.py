"""Stands in for the vendor's client: answers from files beside it, misbehaves as `scenario.json` says, prints like it."""

import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SCENARIO = json.loads((HERE / "scenario.json").read_text()) if (HERE / "scenario.json").exists() else {}
PAGE = 3


def say(text):
    """The vendor's client prints."""
    sys.stdout.write(text + "\n")


def count_call(name):
    """How often this was called, over all processes."""
    path = HERE / "calls.txt"
    with path.open("a") as handle:
        handle.write(name + "\n")
    return path.read_text().split().count(name)


class Reply:
    """What the vendor's result object offers."""

    def __init__(self, fields=(), rows=(), code="0", message="success", fail_on_page=0):
        self.fields, self._rows = list(fields), list(rows)
        self.error_code, self.error_msg = code, message
        self._at, self._fail_on_page = -1, fail_on_page

    def next(self):
        self._at += 1
        if self._fail_on_page and self._at >= PAGE * (self._fail_on_page - 1):
            self.error_code, self.error_msg = "10002007", "网络接收错误。"
            say("接收数据异常，请稍后再试。")
            return False
        return self._at < len(self._rows)

    def get_row_data(self):
        return self._rows[self._at]


def misbehave(name):
    """Do what the scenario wants of this call; returns a Reply or None."""
    wanted = SCENARIO.get(name)
    if not wanted:
        return None
    if wanted.get("times") and count_call(name) > wanted["times"]:
        return None
    match wanted["do"]:
        case "error":
            say("login failed!")
            return Reply(code=wanted["code"], message=wanted.get("message", ""))
        case "hang":
            while True:
                time.sleep(0.05)
        case "die":
            os._exit(7)
        case "raise":
            raise IndexError("list index out of range")
        case "noise":
            os.write(1, b'{"value": "this is not a reply"}\n' * 500)
            sys.stdout.write("login success!\n")
    return None


def login(user_id="anonymous", password="123456"):
    say("login success!")
    count_call("logins")
    return misbehave("login") or Reply()


def logout(user_id="anonymous"):
    say("logout success!")
    return Reply()


def answer(name, key):
    """The reply to one query, from its file."""
    special = misbehave(name)
    if special is not None:
        return special
    path = HERE / f"{name}.json"
    recorded = json.loads(path.read_text())
    body = recorded.get(key, recorded.get("*"))
    if body is None:
        return Reply(code="10004013", message="日期超出范围")
    fail = SCENARIO.get(name, {}).get("fail_on_page", 0)
    return Reply(body["fields"], body["rows"], fail_on_page=fail)


def query_trade_dates(start_date=None, end_date=None):
    reply = answer("query_trade_dates", "*")
    if reply.error_code == "0":
        reply._rows = [row for row in reply._rows if start_date <= row[0] <= end_date]
    return reply


def query_daily_history_k_AStock(date=""):
    return answer("query_daily_history_k_AStock", date)


def query_daily_adjust_factor(date=None):
    return answer("query_daily_adjust_factor", date)


def query_history_k_data_plus(code, fields, start_date=None, end_date=None, frequency="d", adjustflag="3"):
    reply = answer("query_history_k_data_plus", code)
    if reply.error_code == "0":
        reply._rows = [row for row in reply._rows if start_date <= row[0] <= end_date]
    return reply


def query_hs300_stocks(date=""):
    return answer("query_hs300_stocks", date)


def query_zz500_stocks(date=""):
    return answer("query_zz500_stocks", date)


def query_stock_basic(code="", code_name=""):
    return answer("query_stock_basic", "*")
