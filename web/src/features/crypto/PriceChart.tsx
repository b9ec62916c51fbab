/** Candles with fills and price lines, and the line of words that says the same of one bar. */

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { number } from "@/lib/format";
import { Chart } from "@/ui/chart/Chart";
import type { ChartLink } from "@/ui/chart/link";
import type { Tokens } from "@/ui/tokens";

import css from "./Crypto.module.css";
import { namesOf } from "./marks";
import { priceOption, readingOf, type PriceSpec } from "./price";

/** The bar under the pointer, the last one without it. */
function Reading({ spec, link }: { spec: PriceSpec; link: ChartLink }) {
  const { t } = useTranslation("simulation");
  const at = useSyncExternalStore(link.watch, () => link.cursor()?.day ?? null);
  const names = useMemo(() => namesOf(spec.bars), [spec.bars]);
  const found = at === null ? -1 : names.indexOf(at);
  const i = found < 0 ? names.length - 1 : found;
  return (
    <p className={css["reading"]}>
      <span>{names[i]}{spec.bars.length_ms < 86_400_000 ? " UTC" : ""}</span>
      {readingOf(spec, i, null, t).map(({ name, value }) => <span key={name}>{name} <b>{value}</b></span>)}
    </p>
  );
}

interface PriceChartProps {
  readonly label: string;
  readonly spec: PriceSpec;
  readonly link: ChartLink;
  readonly height: number;
  readonly zoom?: boolean;
}

export function PriceChart({ label, spec, link, height, zoom = true }: PriceChartProps) {
  const { t, i18n } = useTranslation("simulation");
  const option = useCallback((tokens: Tokens) => priceOption(spec, tokens, i18n.language, t), [spec, i18n.language, t]);
  const names = useMemo(() => namesOf(spec.bars), [spec.bars]);
  const last = spec.bars.close.length - 1;
  const spoken = t("priceSpoken", { label, count: names.length, first: number(spec.bars.open[0], spec.digits), last: number(spec.bars.close[last], spec.digits) });
  return (
    <>
      <Reading spec={spec} link={link} />
      <div data-testid="price-chart">
        <Chart label={spoken} height={height} zoom={zoom} axisDays={names} seal="off" option={option} />
      </div>
    </>
  );
}
