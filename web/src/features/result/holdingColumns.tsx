/** The columns of a table of holdings, of the last rebalance or of any day. */

import * as format from "@/lib/format";
import { Tag } from "@/ui/controls";
import type { Column } from "@/ui/DataTable";
import { Metric } from "@/ui/Metric";

type Translate = (key: string, values?: Record<string, unknown>) => string;

const number = (show: (value: number) => string) => (value: unknown) => (typeof value === "number" ? show(value) : format.MISSING);
const toned = (value: unknown) => (typeof value === "number" ? <span className={format.direction(value)}>{format.percent(value, 2)}</span> : format.MISSING);

/** A code as the whole page writes it. */
export const codeText = (value: unknown) => <code>{format.stockCode(typeof value === "string" ? value : null)}</code>;

/** Names are data of the market, not words of ours. */
export const userText = (value: unknown) => (value === null || value === undefined ? format.MISSING : <span data-user-text="">{String(value)}</span>);

export function holdingColumns(t: Translate): Column[] {
  return [
    { key: "code", label: t("code"), show: codeText },
    { key: "name", label: t("stockName"), show: userText },
    { key: "factor_value", label: t("factorValue"), numeric: true, show: number((v) => format.number(v, 4)) },
    { key: "percentile", label: t("percentile"), head: <Metric name="percentile">{t("percentile")}</Metric>, numeric: true, show: number((v) => format.share(v)) },
    { key: "group", label: t("group") },
    { key: "weight", label: t("weight"), numeric: true, show: number((v) => format.share(v, 2)) },
    { key: "holding_return", label: t("holdingReturn"), head: <Metric name="holding_return">{t("holdingReturn")}</Metric>, numeric: true, show: toned },
    { key: "period_return", label: t("periodReturn"), numeric: true, show: toned },
    { key: "tradable", label: t("tradable"), show: (value) => (value === true ? t("yes") : value === false ? <Tag mark="doubt">{t("no")}</Tag> : format.MISSING) },
    { key: "carried", label: t("tradable"), show: (value) => (value === true ? <Tag mark="doubt">{t("carried")}</Tag> : value === false ? t("yes") : format.MISSING) },
    { key: "industry", label: t("industry"), show: userText },
  ];
}
