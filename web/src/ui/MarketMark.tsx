/** Which market a run was made on: its own, never the one that the page is switched to. Made-up data wears the hatched mark. */

import { useTranslation } from "react-i18next";

import css from "./MarketMark.module.css";

/** What a result, a candidate or a compared run says of its market. */
export interface MarketOf {
  readonly market?: string | undefined;
  readonly data_snapshot?: string | undefined;
  readonly synthetic?: boolean | undefined;
}

/** Nothing for data that was not made up. `short` names the market itself, where there is no room for the words. */
export function DemoMark({ of, short = false }: { of: MarketOf; short?: boolean }) {
  const { t } = useTranslation("ui");
  if (of.synthetic !== true) return null;
  const said = t("demoLine");
  return (
    <span className={css["mark"]} data-testid="demo-mark" title={said}>
      {short ? <><span aria-hidden="true">{of.market}</span><span className="sr">{`${of.market ?? ""} · ${said}`}</span></> : said}
    </span>
  );
}

/** "main@7537b5", with the mark before it where the data was made up. */
export function MarketMark({ of }: { of: MarketOf }) {
  if (!of.market) return null;
  return (
    <span className={css["line"]} data-testid="run-market">
      <DemoMark of={of} />
      <span>{of.data_snapshot ? `${of.market}@${of.data_snapshot.slice(0, 6)}` : of.market}</span>
    </span>
  );
}
