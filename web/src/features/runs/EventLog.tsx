/** What the server noted of a task, event by event. Read when it is asked for. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { readEvents } from "@/api/stream";
import { integer, MISSING } from "@/lib/format";
import { DataView } from "@/ui/states";

import css from "./Runs.module.css";

export function EventLog({ id }: { id: string }) {
  const { t } = useTranslation(["runs", "stages"]);
  const events = useQuery({ queryKey: ["events", id], queryFn: ({ signal }) => readEvents(id, signal), staleTime: Infinity });
  return (
    <DataView of={events} height={90} isEmpty={(list) => list.length === 0} empty={<p className="muted">{t("logEmpty")}</p>}>
      {(list) => (
        <ol className={css["log"]} aria-label={t("logLabel")}>
          {list.map((event, i) => (
            <li key={i}>
              <time>{event.at?.replace("T", " ") ?? MISSING}</time>
              <span>{t(`stages:${event.status}`, { defaultValue: event.status })}</span>
              <span>{integer(event.percent)}%</span>
              <span>{[event.message, event.error].filter(Boolean).join(" · ")}</span>
            </li>
          ))}
        </ol>
      )}
    </DataView>
  );
}
