/** Jobs: everything that was started, how far it is, what became of it. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { JobsIcon } from "@/ui/icons";

const Jobs = lazy(() => import("./jobs/Jobs").then((module) => ({ default: module.Jobs })));

export default definePage({ id: "jobs", path: "/jobs", component: Jobs, nav: { group: "foot", order: 10, icon: JobsIcon } });
