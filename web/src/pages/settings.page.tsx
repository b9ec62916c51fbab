/** Settings: how the page looks, what a new test begins with, what the server is set up with. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { SettingsIcon } from "@/ui/icons";

const Settings = lazy(() => import("./settings/Settings").then((module) => ({ default: module.Settings })));

export default definePage({ id: "settings", path: "/settings", component: Settings, nav: { group: "foot", order: 30, icon: SettingsIcon } });
