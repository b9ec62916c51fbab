/** 对比: two to six runs side by side, verdict first. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { CompareIcon } from "@/ui/icons";

export default definePage({
  id: "compare",
  path: "/compare",
  component: lazy(() => import("@/features/compare/Compare").then((module) => ({ default: module.Compare }))),
  nav: { group: "research", order: 20, icon: CompareIcon },
});
