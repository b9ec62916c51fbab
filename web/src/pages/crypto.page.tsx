/** Crypto backtests of strategy templates: a new one, and those that there are. */

import { lazy } from "@/lib/lazy";
import { definePage } from "@/lib/page";
import { CandlesIcon } from "@/ui/icons";

const Page = lazy(() => import("@/features/crypto/CryptoPage").then((module) => ({ default: module.CryptoPage })));

export default definePage({ id: "crypto", path: "/crypto", component: Page, nav: { group: "models", order: 20, icon: CandlesIcon } });
