/** API keys: with which programs sign their requests. */

import { lazy } from "@/lib/lazy";
import { definePage } from "@/lib/page";

const Keys = lazy(() => import("@/features/keys/Keys").then((module) => ({ default: module.Keys })));

export default definePage({ id: "keys", path: "/keys", component: Keys, under: "settings" });
