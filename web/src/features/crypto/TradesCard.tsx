/** Closed trades as a table: what was opened, what it came to, why it was closed. Long ones draw only the rows in view. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { CryptoJob, JobDetails, JobTrade } from "@/api/cryptoTypes";
import { exact, valueOf } from "@/lib/exact";
import { direction, integer } from "@/lib/format";
import { Card } from "@/ui/Card";
import { TextButton } from "@/ui/controls";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Empty } from "@/ui/states";

import { utc } from "./span";

const MAX_HEIGHT = 420;

interface TradesCardProps {
  readonly job: CryptoJob;
  readonly details: JobDetails | undefined;
  readonly chosen: JobTrade | null;
  readonly onChoose: (trade: JobTrade) => void;
}

export function TradesCard({ job, details, chosen, onChoose }: TradesCardProps) {
  const { t } = useTranslation("simulation");
  const trades = useMemo(() => job.result?.trades ?? [], [job.result]);
  const paid = details?.totals?.funding !== undefined && /[1-9]/.test(details.totals.funding);
  const rows = useMemo(
    (): Row[] =>
      trades.map((trade, i) => ({
        id: trade.id,
        symbol: trade.symbol,
        side: trade.side,
        entry: trade.entry_time,
        entryPrice: valueOf(trade.entry_price),
        exit: trade.exit_time,
        exitPrice: valueOf(trade.exit_price),
        qty: valueOf(trade.qty),
        pnl: valueOf(trade.pnl),
        fee: valueOf(trade.fee),
        funding: valueOf(details?.funding?.[i]),
        cause: details?.causes?.[i] ?? null,
      })),
    [trades, details],
  );
  /** The digits as they were printed; the number beside them only sorts. */
  const printed = (row: Row, key: "entry_price" | "exit_price" | "qty" | "fee" | "pnl", sign = false) => exact(trades[Number(row["id"]) - 1]?.[key], sign);
  const columns: readonly Column[] = [
    { key: "id", label: "#", show: (value, row) => { const trade = trades[Number(row["id"]) - 1]; return trade ? <TextButton aria-label={t("showTrade", { id: trade.id })} onClick={() => onChoose(trade)}>{integer(Number(value))}</TextButton> : String(value); } },
    ...(job.config.symbols.length > 1 ? [{ key: "symbol", label: t("symbol") }] : []),
    { key: "side", label: t("side"), show: (value) => t(value === "sell" ? "short" : "long") },
    { key: "pnl", label: t("pnl"), numeric: true, show: (value, row) => <span className={direction(typeof value === "number" ? value : null)}>{printed(row, "pnl", true)}</span> },
    { key: "entry", label: t("entryTime"), show: (value) => utc(String(value)) },
    { key: "entryPrice", label: t("entryPrice"), numeric: true, show: (_, row) => printed(row, "entry_price") },
    { key: "exit", label: t("exitTime"), show: (value) => utc(String(value)) },
    { key: "exitPrice", label: t("exitPrice"), numeric: true, show: (_, row) => printed(row, "exit_price") },
    { key: "qty", label: t("quantity"), numeric: true, show: (_, row) => printed(row, "qty") },
    { key: "fee", label: t("fee"), numeric: true, show: (_, row) => printed(row, "fee") },
    ...(paid ? [{ key: "funding", label: t("funding"), numeric: true, show: (_: unknown, row: Row) => exact(details?.funding?.[Number(row["id"]) - 1]) }] : []),
    ...(details?.causes ? [{ key: "cause", label: t("cause"), show: (value: unknown) => t(`cause_${String(value)}`, { defaultValue: String(value) }) }] : []),
  ];
  return (
    <Card id="trades" title={t("tradesTitle", { count: trades.length, shown: integer(trades.length) })} caption={t("tradesCaption")} table={trades.length > 0 ? { columns, rows } : undefined} flush isTable>
      {trades.length === 0 ? (
        <Empty title={t("noTrades")} height={160}>{t("noTradesText")}</Empty>
      ) : (
        <DataTable id="crypto-trades" label={t("trades")} columns={columns} rows={rows} sortable maxHeight={MAX_HEIGHT} selected={(row) => chosen !== null && row["id"] === chosen.id} phoneColumns={4} />
      )}
    </Card>
  );
}
