/** 因子: the operators, the factor libraries, and the factors a person keeps. */

import { lazy } from "@/lib/lazy";

import { definePage } from "@/lib/page";
import { FunctionIcon } from "@/ui/icons";

export default definePage({ id: "factors", path: "/factors", component: lazy(() => import("./factors/FactorsPage")), nav: { group: "research", order: 30, icon: FunctionIcon } });
