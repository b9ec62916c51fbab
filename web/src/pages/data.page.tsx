/** 数据: markets, their soundness, sources, members, prices, and taking in more. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { DatabaseIcon } from "@/ui/icons";

const Page = lazy(() => import("@/features/data/DataPage").then((module) => ({ default: module.DataPage })));
const Door = lazy(() => import("@/features/accounts/AdminDoor").then((module) => ({ default: module.AdminDoor })));

function DataRoute() {
  return <Page door={<Door />} />;
}

export default definePage({ id: "data", path: "/data", component: DataRoute, nav: { group: "data", order: 10, icon: DatabaseIcon } });
