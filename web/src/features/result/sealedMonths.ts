/** The sealed slice for tables of months. */

import { useContext } from "react";
import { useTranslation } from "react-i18next";

import { SealContext } from "@/ui/chart/seal";

export function useSealedMonths(): { readonly from: string; readonly to: string; readonly label: string } | null {
  const { t } = useTranslation("result");
  const seal = useContext(SealContext);
  return seal?.state === "sealed" ? { from: seal.from, to: seal.to, label: t("sealedRow") } : null;
}
