/** Help: the dictionary of figures, the vocabulary, the conventions behind the numbers, the keys. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { HelpIcon } from "@/ui/icons";

const Help = lazy(() => import("./help/Help").then((module) => ({ default: module.Help })));

export default definePage({ id: "help", path: "/help", component: Help, nav: { group: "foot", order: 40, icon: HelpIcon } });
