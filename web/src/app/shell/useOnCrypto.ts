/** Whether the open page is one of crypto backtests, whose data are others than those of the shares. */

import { useRouterState } from "@tanstack/react-router";

export const useOnCrypto = () => useRouterState({ select: (state) => /^\/crypto(\/|$)/.test(state.location.pathname) });
