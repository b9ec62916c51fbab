/** Research, the start page. A conversation that has not begun, with the history beside it. */

import { definePage } from "@/lib/page";
import { FlaskIcon } from "@/ui/icons";

import { Workspace } from "./research/Workspace";

const ResearchPage = () => <Workspace session={null} />;

export default definePage({ id: "research", path: "/", component: ResearchPage, nav: { group: "research", order: 10, icon: FlaskIcon } });
