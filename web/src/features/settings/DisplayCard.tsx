/** Language, theme, the colours of rises and falls, the status bar. They hold at once and in every tab. */

import { useTranslation } from "react-i18next";

import { percent } from "@/lib/format";
import { useLanguage } from "@/lib/language";
import { usePreference } from "@/lib/preference";
import { CONVENTIONS, useConvention, type Convention } from "@/ui/convention";
import { Segmented } from "@/ui/controls";
import { Switch } from "@/ui/Field";
import { useScheme, type Scheme } from "@/ui/UiProvider";

import { Panel } from "./Panel";
import css from "./Settings.module.css";

const SCHEMES: readonly Scheme[] = ["light", "dark", "auto"];
/** Rise and fall of the sample; the form tells them apart as well. */
const SAMPLE = { rise: 0.012, fall: -0.008 };

/** A hollow and a solid candle, as charts draw them. */
function Candles() {
  return (
    <svg className={css["candles"]} width={34} height={26} aria-hidden="true">
      <path d="M9 1v24" stroke="var(--up)" />
      <rect x={5.5} y={6.5} width={7} height={12} fill="var(--surface)" stroke="var(--up)" />
      <path d="M25 1v24" stroke="var(--down)" />
      <rect x={21.5} y={8.5} width={7} height={10} fill="var(--down)" stroke="var(--down)" />
    </svg>
  );
}

function ConventionChoice({ value, chosen, onChoose }: { value: Convention; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <label className={css["choice"]} data-rise={value}>
      <input type="radio" name="convention" value={value} checked={chosen} onChange={onChoose} />
      <span>{t(`convention_${value}`)}</span>
      <span className={css["sample"]}>
        <span className="up">{percent(SAMPLE.rise)}</span>
        <span className="down">{percent(SAMPLE.fall)}</span>
      </span>
      <Candles />
    </label>
  );
}

export function DisplayCard() {
  const { t } = useTranslation("settings");
  const [language, setLanguage] = useLanguage();
  const [scheme, setScheme] = useScheme();
  const [convention, setConvention] = useConvention();
  const [statusBar, setStatusBar] = usePreference("statusBar");
  return (
    <Panel title={t("display")}>
      <div className={css["row"]}>
        <span>{t("language")}</span>
        <Segmented label={t("language")} value={language} onChange={setLanguage} options={[{ value: "zh", label: t("language_zh") }, { value: "en", label: t("language_en") }]} />
      </div>
      <div className={css["row"]}>
        <span>{t("theme")}</span>
        <Segmented label={t("theme")} value={scheme} onChange={setScheme} options={SCHEMES.map((value) => ({ value, label: t(`theme_${value}`) }))} />
      </div>
      <fieldset className={css["choices"]}>
        <legend>{t("convention")}</legend>
        {CONVENTIONS.map((value) => <ConventionChoice key={value} value={value} chosen={value === convention} onChoose={() => setConvention(value)} />)}
      </fieldset>
      <p className={css["note"]}>{t("conventionNote")}</p>
      <Switch label={t("statusBar")} hint={t("statusBarNote")} on={statusBar !== "off"} onChange={(on) => setStatusBar(on ? null : "off")} />
    </Panel>
  );
}
