// A stand-in server for work on the pages without Python: `node dev/mock.mjs SAMPLE.json [PORT]`, then `npm run dev`.
// SAMPLE.json holds {"result": …, "series": {…}}. Nothing here ships.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [samplePath, port = "8003"] = process.argv.slice(2);
const sample = JSON.parse(readFileSync(samplePath, "utf8"));
const stages = ["generating_expression", "validating", "fetching_data", "backtesting", "analyzing", "generating_report"];
const stageMs = Number(process.env.MOCK_STAGE_MS ?? 350);
const tasks = new Map();

const fields = new Set(["open", "high", "low", "close", "volume", "amount", "vwap", "returns", "pct_change", "cap"]);
const market = {
  market: "demo", synthetic: true, snapshot: "0123456789ab", first_day: "2015-01-05", last_day: "2026-06-30", names: 1240, sources: ["demo"],
  universes: [
    { name: "hs300", zh: "沪深300", en: "CSI 300", is_pit: true, members: 300 },
    { name: "csi500", zh: "中证500", en: "CSI 500", is_pit: true, members: 500 },
    { name: "small_scale", zh: "五只蓝筹", en: "Five blue chips", is_pit: false, members: 5 },
  ],
  benchmarks: [{ name: "hs300", zh: "沪深300", en: "CSI 300" }, { name: "zz500", zh: "中证500", en: "CSI 500" }],
  defaults: { universe: "hs300", start_date: "2021-01-04", end_date: "2025-12-31", n_groups: 5, holding_period: 5, benchmark: "hs300" },
};

function validate(text) {
  for (const match of text.matchAll(/[A-Za-z_]\w*/g)) {
    const call = /^\s*\(/.test(text.slice(match.index + match[0].length));
    if (!call && !fields.has(match[0]) && !/^adv\d+$/.test(match[0])) {
      const before = text.slice(0, match.index);
      return { valid: false, expression: text, error: { code: "unknown_field", message: `未知字段 ${match[0]}`, start: match.index, end: match.index + match[0].length, line: before.split("\n").length, column: match.index - before.lastIndexOf("\n"), hint: "", nearest: match[0].startsWith("a") ? "amount" : "volume" } };
    }
  }
  if ((text.match(/\(/g) ?? []).length !== (text.match(/\)/g) ?? []).length) {
    return { valid: false, expression: text, error: { code: "syntax", message: "括号没有闭合", start: text.length - 1, end: text.length, line: 1, column: text.length, hint: "补上一个 )", nearest: null } };
  }
  return { valid: true, expression: text, canonical: text, hash: "0".repeat(64), warmup: 60, lookahead: 0, nodes: 11, depth: 4, unit: "ratio", fields: ["close"], notices: [], words_zh: "收盘价除以 20 日均价，按当日全市场排名。", words_en: "Close over its 20-session mean, ranked across the market each day.", error: null };
}

const now = () => new Date().toISOString().slice(0, 19);
function advance(task) {
  const step = Math.floor((Date.now() - task.started) / stageMs);
  if (task.status === "failed" || task.status === "completed") return task;
  if (task.params.prompt.includes("fail") && step > 3) Object.assign(task, { status: "failed", error: "回测过程中发生内部错误，请稍后重试", finished_at: now() });
  else if (step >= stages.length) Object.assign(task, { status: "completed", finished_at: now(), result: { ...sample.result, params: { ...sample.result.params, expression: task.expression } }, timings: Object.fromEntries(stages.map((stage, i) => [stage, 0.02 + i * 0.06])) });
  else Object.assign(task, { status: stages[step], progress: { stage: stages[step], pct: (Date.now() - task.started) / stageMs / stages.length * 100, message: step === 4 ? "置换 540 / 999 次" : "" } });
  return task;
}
const shown = ({ started: _started, ...task }) => task;

createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const path = url.pathname.replace("/api/v1", "");
  const json = (body, status = 200) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const ask = body ? JSON.parse(body) : {};
    const [, kind, id, verb, name] = path.split("/");
    if (path === "/market") return json(market);
    if (path === "/health") return json({ status: "ok", active_tasks: 0, total_tasks: tasks.size });
    if (path === "/expressions/validate") return json(validate(ask.expression));
    if (path === "/auto_backtest") {
      const task_id = Math.random().toString(16).slice(2, 14).padEnd(12, "0");
      tasks.set(task_id, { task_id, status: "pending", params: ask, expression: ask.prompt, created_at: now(), updated_at: now(), started: Date.now(), result: null, error: null, progress: null });
      return json({ task_id, status: "pending" }, 202);
    }
    if (path === "/tasks") return json({ tasks: [...tasks.values()].reverse().map((task) => shown(advance(task))), page: 1, page_size: 12, total: tasks.size });
    const task = kind === "tasks" ? tasks.get(id) : undefined;
    if (!task) return json({ detail: "Task not found" }, 404);
    if (verb === "series") return sample.series[name] ? json(sample.series[name]) : json({ detail: `没有名为 ${name} 的序列` }, 404);
    if (verb === "cancel") {
      Object.assign(task, { status: "failed", error: "任务已取消", finished_at: now() });
      return json(shown(task));
    }
    if (verb !== "stream") return json(shown(advance(task)));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    let n = 0;
    const timer = setInterval(() => {
      advance(task);
      response.write(`id: ${(n += 1)}\nevent: update\ndata: ${JSON.stringify(shown(task))}\n\n`);
      if (task.status === "completed" || task.status === "failed") {
        clearInterval(timer);
        response.end(`event: done\ndata: ${JSON.stringify({ status: task.status })}\n\n`);
      }
    }, 120);
    response.on("close", () => clearInterval(timer));
  });
}).listen(Number(port), "127.0.0.1");
