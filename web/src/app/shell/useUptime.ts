import { useTranslation } from "react-i18next";

import { MISSING } from "@/lib/format";

const DAY = 86_400;

/** A long time in its two largest units: days and hours, hours and minutes, minutes. */
export function useUptime(seconds: number | undefined): string {
  const { t } = useTranslation("shell");
  if (seconds === undefined || !Number.isFinite(seconds)) return MISSING;
  const [days, hours, minutes] = [Math.floor(seconds / DAY), Math.floor((seconds % DAY) / 3600), Math.floor((seconds % 3600) / 60)];
  if (days > 0) return t("daysHours", { days, hours });
  return hours > 0 ? t("hoursMinutes", { hours, minutes }) : t("minutes", { minutes });
}
