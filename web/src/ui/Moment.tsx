/** A moment in the reader's zone; the market's own time stands behind it. */

import { useTranslation } from "react-i18next";

import { MISSING, type Maybe } from "@/lib/format";
import { localMoment, zoned } from "@/lib/moment";

export function Moment({ stamp }: { stamp: Maybe<string> }) {
  const { t } = useTranslation("ui");
  const text = localMoment(stamp);
  if (text === null) return <>{MISSING}</>;
  return <time dateTime={`${stamp ?? ""}Z`} title={t("marketTime", { time: zoned(stamp, "Asia/Shanghai") ?? MISSING })}>{text}</time>;
}
