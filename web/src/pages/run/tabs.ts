/** The seven tabs of a result; each is fetched when it is first opened. */

import { lazy } from "react";

export const Tab = {
  performance: lazy(() => import("@/features/result/Performance").then((module) => ({ default: module.Performance }))),
  ic: lazy(() => import("@/features/result/Ic").then((module) => ({ default: module.Ic }))),
  groups: lazy(() => import("@/features/result/Groups").then((module) => ({ default: module.Groups }))),
  robustness: lazy(() => import("@/features/result/Robustness").then((module) => ({ default: module.Robustness }))),
  holdings: lazy(() => import("@/features/result/Holdings").then((module) => ({ default: module.Holdings }))),
  blocked: lazy(() => import("@/features/result/Blocked").then((module) => ({ default: module.Blocked }))),
  provenance: lazy(() => import("@/features/result/Provenance").then((module) => ({ default: module.Provenance }))),
};

export const TABS = ["performance", "ic", "groups", "robustness", "holdings", "blocked", "provenance"] as const;
export type TabName = (typeof TABS)[number];

export const tabOf = (asked: unknown): TabName => TABS.find((name) => name === asked) ?? "performance";
