/** What the server is set up with, as it tells: language model, engine, data sources, workers. */

import { useTranslation } from "react-i18next";

import { useReady } from "@/api/queries";
import { notesOf, useSystem } from "@/api/system";
import { MISSING } from "@/lib/format";
import { MarkIcon, type Mark } from "@/ui/controls";
import { DataView } from "@/ui/states";

import { Panel } from "./Panel";
import css from "./Settings.module.css";

function Row({ mark, name, text, short = false }: { mark: Mark; name: string; text: string; short?: boolean }) {
  return (
    <li data-short={short ? "" : undefined}>
      <MarkIcon mark={mark} size={14} />
      <strong>{name}</strong>
      <p>{text}</p>
    </li>
  );
}

export function EngineCard() {
  const { t } = useTranslation("settings");
  const ready = useReady();
  const system = useSystem(true);
  return (
    <Panel title={t("engine")} lead={t("engineLead")}>
      <DataView of={ready} height={180}>
        {(data) => {
          const { language_model: model, provider } = notesOf(data);
          return (
            <ul className={css["states"]}>
              {model ? <Row mark={model.configured ? "pass" : "doubt"} name={t("model")} text={model.configured ? t("modelOn", { name: model.message }) : t("modelOff")} /> : null}
              {provider ? <Row mark={provider.configured ? "pass" : "doubt"} short={provider.configured} name={t("provider")} text={provider.configured ? t("providerOn", { name: provider.message }) : t("providerOff")} /> : null}
              {Object.entries(data.checks).map(([name, check]) => (
                <Row short key={name} mark={check.ok ? "pass" : "fail"} name={t(`check_${name}`, { defaultValue: name })} text={name === "workers" ? (check.ok ? t("workersOn", { count: Number(check.message) }) : t("workersOff")) : check.message} />
              ))}
              <Row short mark="pass" name={t("version")} text={system.data?.version ?? MISSING} />
            </ul>
          );
        }}
      </DataView>
    </Panel>
  );
}
