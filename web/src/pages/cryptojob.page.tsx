/** One crypto backtest. */

import { lazy } from "@/lib/lazy";
import { definePage } from "@/lib/page";

const Page = lazy(() => import("@/features/crypto/JobPage").then((module) => ({ default: module.JobPage })));

export default definePage({ id: "cryptojob", path: "/crypto/$id", component: Page, under: "crypto" });
