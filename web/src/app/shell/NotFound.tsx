import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useHeading } from "@/lib/title";
import { buttonClass } from "@/ui/controls";
import { Empty } from "@/ui/states";

export function NotFound() {
  const { t } = useTranslation("shell");
  useHeading({ title: t("notFound") });
  return (
    <Empty title={t("notFoundTitle")} height={360} action={<Link className={buttonClass("default", false)} to="/">{t("home")}</Link>}>
      {t("notFoundText")}
    </Empty>
  );
}
