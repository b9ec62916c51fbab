import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { PAGES } from "./pages";
import { NotFound } from "./shell/NotFound";
import { PageFrame } from "./shell/PageFrame";
import { Shell } from "./shell/Shell";

export function makeRouter() {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
  const routes = PAGES.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: page.path,
      validateSearch: (search: Record<string, unknown>) => search,
      component: () => <PageFrame page={page} />,
    }),
  );
  return createRouter({ routeTree: root.addChildren(routes), defaultPreload: false, scrollRestoration: true });
}
