/** Keeps the range of linked charts in the address of the page. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { makeLink, parseRange, writeRange, type ChartLink } from "./link";

/** Long enough that a drag writes the address once. */
const SETTLED_MS = 250;

/** A link whose range is the search parameter `range`; give it to <LinkContext.Provider>. */
export function useChartLink(): ChartLink {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const asked = search["range"];
  const [link] = useState(() => makeLink(parseRange(asked)));
  useEffect(() => link.setRange(parseRange(asked)), [link, asked]);
  useEffect(() => {
    let timer = 0;
    const stop = link.watch(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        const range = writeRange(link.range());
        if (range === (typeof asked === "string" ? asked : undefined)) return;
        void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, range }), replace: true, resetScroll: false } as never);
      }, SETTLED_MS);
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [link, navigate, asked]);
  return link;
}
