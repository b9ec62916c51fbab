/** Every metric of the documented result, with its definition behind its name; then what we tell beside it. */

import { useTranslation } from "react-i18next";

import type { CryptoJob, JobDetails, JobMetrics } from "@/api/cryptoTypes";
import { exact, valueOf } from "@/lib/exact";
import { integer, MISSING, number, percent, share, signed } from "@/lib/format";
import { wholeSeconds } from "@/lib/moment";
import { Card } from "@/ui/Card";
import { Metric } from "@/ui/Metric";

import css from "./Crypto.module.css";

/** Seconds as "9.0 h" or "3.5 d" where they are many. */
export function lasting(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${(seconds / 86_400).toFixed(1)}\u00a0d`;
  return seconds >= 2 * 3_600 ? `${(seconds / 3_600).toFixed(1)}\u00a0h` : wholeSeconds(seconds);
}

/** Money to the cent; what is less than one as it was printed. All digits stand in the table's CSV and on hover. */
function money(text: string | null | undefined, sign = false): string {
  const value = valueOf(text);
  return value === null || Math.abs(value) < 1 ? exact(text, sign) : sign ? signed(value, 2) : number(value, 2);
}

const ROWS: readonly (readonly [keyof JobMetrics, (metrics: JobMetrics) => string])[] = [
  ["cagr", (m) => percent(valueOf(m.cagr), 2)],
  ["max_drawdown", (m) => share(valueOf(m.max_drawdown), 2)],
  ["sharpe", (m) => exact(m.sharpe)],
  ["sortino", (m) => exact(m.sortino)],
  ["calmar", (m) => exact(m.calmar)],
  ["win_rate", (m) => (m.total_trades === 0 ? MISSING : share(valueOf(m.win_rate), 2))],
  ["profit_factor", (m) => exact(m.profit_factor)],
  ["expected_value", (m) => (m.total_trades === 0 ? MISSING : money(m.expected_value, true))],
  ["total_trades", (m) => integer(m.total_trades)],
  ["avg_trade_duration_seconds", (m) => (m.total_trades === 0 ? MISSING : lasting(m.avg_trade_duration_seconds))],
];

export function MetricsCard({ job, details }: { job: CryptoJob; details: JobDetails | undefined }) {
  const { t } = useTranslation("simulation");
  const metrics = job.result?.metrics;
  if (!metrics) return null;
  const beside = (
    [
      ["sharpe_365", details?.sharpe_365 === undefined ? null : exact(details.sharpe_365)],
      ["sortino_365", details?.sortino_365 === undefined ? null : exact(details.sortino_365)],
      ["gross", details?.totals?.gross === undefined ? null : money(details.totals.gross, true), exact(details?.totals?.gross, true)],
      ["fees", details?.totals?.fees === undefined ? null : money(details.totals.fees), exact(details?.totals?.fees)],
      ["fundingPaid", details?.totals?.funding === undefined ? null : money(details.totals.funding), exact(details?.totals?.funding)],
      ["forgiven", details?.totals?.forgiven === undefined || !/[1-9]/.test(details.totals.forgiven) ? null : exact(details.totals.forgiven)],
      ["bars", details?.counts?.bars === undefined ? null : integer(details.counts.bars)],
      ["fills", details?.counts?.fills === undefined ? null : integer(details.counts.fills)],
    ] as readonly (readonly [name: string, shown: string | null, whole?: string])[]
  ).filter((row): row is readonly [string, string, string?] => row[1] !== null);
  const table = { columns: [{ key: "name", label: t("metric") }, { key: "value", label: t("value"), numeric: true }], rows: [...ROWS.map(([name, show]) => ({ name: t(`m_${name}`), value: name === "expected_value" ? exact(metrics.expected_value, true) : show(metrics) })), ...beside.map(([name, shown, whole]) => ({ name: t(`x_${name}`), value: whole ?? shown }))] };
  return (
    <Card id="metrics" title={t("metrics")} caption={t("metricsCaption")} table={table} isTable flush>
      <table className={css["metrics"]} aria-label={t("metrics")}>
        <tbody>
          {ROWS.map(([name, show]) => (
            <tr key={name}>
              <th scope="row"><Metric name={`bt_${name}`}>{t(`m_${name}`)}</Metric></th>
              <td data-metric={name} title={name === "expected_value" ? exact(metrics.expected_value, true) : undefined}>{show(metrics)}</td>
            </tr>
          ))}
          {beside.map(([name, shown, whole]) => (
            <tr key={name} data-beside="">
              <th scope="row">{t(`x_${name}`)}</th>
              <td title={whole}>{shown}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
