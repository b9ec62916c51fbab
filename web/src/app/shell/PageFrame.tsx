/** One page inside the shell: loaded when it is first opened, and with an error boundary of its own, so that a broken page leaves the rest standing. */

import { useRouterState } from "@tanstack/react-router";
import { Suspense } from "react";

import type { PageDefinition } from "@/lib/page";
import { Boundary } from "@/ui/Boundary";
import { Loading } from "@/ui/states";

import css from "./Shell.module.css";

export function PageFrame({ page }: { page: PageDefinition }) {
  const Page = page.component;
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <Boundary key={page.id} subject={path}>
      <Suspense fallback={<div className={css["coming"]}><Loading height={420} /></div>}>
        <div className={css["page"]} data-page={page.id}>
          <Page />
        </div>
      </Suspense>
    </Boundary>
  );
}
