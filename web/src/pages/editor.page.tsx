/** 编辑器: an expression with completion, checks and facts, before it is run. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";

export default definePage({ id: "editor", path: "/editor", component: lazy(() => import("./editor/EditorPage")), under: "research" });
