/** What the runs were tested with: only what differs, cells unlike the first run's in amber. */

import { useTranslation } from "react-i18next";

import type { Comparison, Setting } from "@/api/compare";
import { useMarket } from "@/api/queries";
import { MISSING } from "@/lib/format";
import { Absent } from "@/ui/Absent";
import { Card, type Twin } from "@/ui/Card";
import { Segmented } from "@/ui/controls";
import { Empty } from "@/ui/states";

import css from "./Matrix.module.css";
import { Letter } from "./Letter";

export type Shown = "differing" | "all";

const plain = (value: unknown): string => (value === null || value === undefined || value === "" ? MISSING : typeof value === "object" ? JSON.stringify(value) : String(value));
export const unlike = (setting: Setting, place: number): boolean => plain(setting.values[place]) !== plain(setting.values[0]);

function useSettingWords() {
  const { t, i18n } = useTranslation(["comparison", "words"]);
  const market = useMarket();
  const named = (pairs: readonly { name: string; zh: string; en: string }[] | undefined, value: unknown) => {
    const pair = pairs?.find((one) => one.name === value);
    return pair ? (i18n.language.startsWith("en") ? pair.en : pair.zh) : plain(value);
  };
  const write = (name: string, value: unknown): string => {
    if (value === null || value === undefined) return MISSING;
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (name === "universe") return named(market.data?.universes, value);
    if (name === "benchmark") return named(market.data?.benchmarks, value);
    if (name === "holding_period") return t("words:sessions", { count: Number(value) });
    if (name === "direction") return value === 1 ? t("words:direction_plus") : value === -1 ? t("words:direction_minus") : plain(value);
    if (name === "cost_model" && typeof value === "string") return t(`words:costs_${value}`, { defaultValue: value });
    if (name === "execution") return t(`words:${plain(value)}`, { defaultValue: plain(value) });
    return plain(value);
  };
  return { label: (name: string) => t(`setting_${name}`, { defaultValue: name }), write };
}

interface SettingsCardProps {
  readonly data: Comparison;
  readonly shown: Shown;
  readonly onShown: (shown: Shown) => void;
}

export function SettingsCard({ data, shown, onShown }: SettingsCardProps) {
  const { t } = useTranslation("comparison");
  const words = useSettingWords();
  const expression: Setting = { name: "expression", values: data.runs.map((run) => run.expression), differs: new Set(data.runs.map((run) => run.expression)).size > 1 };
  const all = [expression, ...data.settings.filter((setting) => setting.name !== "expression")];
  const rows = shown === "all" ? all : all.filter((setting) => setting.differs);
  const same = all.filter((setting) => !setting.differs).length;
  const twin: Twin = {
    columns: [{ key: "setting", label: t("setting") }, ...data.runs.map((run) => ({ key: run.letter, label: run.letter }))],
    rows: all.map((setting) => ({ setting: words.label(setting.name), ...Object.fromEntries(data.runs.map((run, i) => [run.letter, words.write(setting.name, setting.values[i])])) })),
  };
  return (
    <Card
      id="compare-settings"
      title={t("settings")}
      caption={shown === "differing" && same > 0 ? t("sameHidden", { count: same }) : t("settingsCaption")}
      table={twin}
      isTable
      flush
      tools={<Segmented label={t("settingsShown")} value={shown} onChange={onShown} options={[{ value: "differing", label: t("onlyDiffering") }, { value: "all", label: t("allSettings") }]} />}
    >
      {rows.length === 0 ? (
        <Empty title={t("noDifference")} height={120}>{t("noDifferenceWhy")}</Empty>
      ) : (
        <div className={css["box"]} style={{ padding: 0 }} tabIndex={0} role="group" aria-label={t("settings")}>
          <table className={css["settings"]} aria-label={t("settings")}>
            <thead>
              <tr>
                <td />
                {data.runs.map((run, place) => (
                  <th key={run.id} scope="col"><Letter place={place} /></th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((setting) => (
                <tr key={setting.name}>
                  <th scope="row">{words.label(setting.name)}</th>
                  {data.runs.map((run, place) => {
                    const text = words.write(setting.name, setting.values[place]);
                    return (
                      <td key={run.id} data-differs={unlike(setting, place) ? "" : undefined}>
                        {text === MISSING ? <Absent why={t("absent_setting")} /> : setting.name === "expression" || setting.name === "data_snapshot" ? <code>{text}</code> : text}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
