/** The price over the window of a form, with the lines that its grid would have. */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ChartBars } from "@/api/cryptoTypes";
import { Card } from "@/ui/Card";
import { LinkContext, makeLink } from "@/ui/chart/link";
import { DataView, Empty, type Loadable } from "@/ui/states";

import { typed, type Draft } from "./draft";
import type { FieldSpec } from "./fields";
import { previewLines } from "./marks";
import { scaleOf } from "./price";
import { PriceChart } from "./PriceChart";

const HEIGHT = 320;

/** Lines of the form; only a grid has any. */
function linesOf(draft: Draft, fields: readonly FieldSpec[]): number[] {
  const of = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return field ? typed(draft, field) : "";
  };
  return previewLines(of("lower_price"), of("upper_price"), of("grid_levels"), of("spacing") === "geometric");
}

interface PreviewProps {
  readonly draft: Draft;
  readonly fields: readonly FieldSpec[];
  readonly bars: Loadable<ChartBars>;
  readonly digits: number;
}

export function Preview({ draft, fields, bars, digits }: PreviewProps) {
  const { t } = useTranslation("simulation");
  const [link] = useState(() => makeLink());
  const lines = linesOf(draft, fields).join(" ");
  const spec = useMemo(() => {
    if (!bars.data || bars.data.open_time.length === 0) return null;
    const prices = lines === "" ? [] : lines.split(" ").map(Number);
    return { bars: bars.data, marks: [], lattices: prices.length > 0 ? [{ from: 0, to: bars.data.open_time.length - 1, prices }] : [], digits, scale: scaleOf((bars.data.open_time[bars.data.open_time.length - 1] ?? 0) - (bars.data.open_time[0] ?? 0)) };
  }, [bars.data, lines, digits]);
  const symbol = draft.symbols[0] ?? "";
  return (
    <Card title={t("priceTitle", { symbol })} caption={t(lines === "" ? "previewPrice" : "previewGrid")}>
      <LinkContext.Provider value={link}>
        <DataView of={bars} height={HEIGHT}>
          {() => (spec ? <PriceChart label={t("priceTitle", { symbol })} spec={spec} link={link} height={HEIGHT} zoom={false} /> : <Empty title={t("noBars")} height={HEIGHT}>{t("noBarsText")}</Empty>)}
        </DataView>
      </LinkContext.Provider>
    </Card>
  );
}
