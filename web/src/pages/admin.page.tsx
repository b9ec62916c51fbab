/** Administration: everybody's counts, accounts, tasks and feedback. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { ShieldIcon } from "@/ui/icons";

const Admin = lazy(() => import("./admin/Admin").then((module) => ({ default: module.Admin })));

export default definePage({ id: "admin", path: "/admin", component: Admin, nav: { group: "foot", order: 20, icon: ShieldIcon }, admin: true });
