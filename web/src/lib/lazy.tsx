/** Pages that load when they are opened, or before that when nothing else is to be done: a page seen for the first time must not wait for its code. */

import { lazy as onDemand, useState, type ComponentType } from "react";

const ahead: (() => Promise<unknown>)[] = [];

type Plain = ComponentType<object>;

/** React's lazy, but code that `loadAhead` has fetched is shown at once instead of after a placeholder. */
export const lazy: typeof onDemand = (load) => {
  let loaded: Plain | null = null;
  const Waiting = onDemand(load) as unknown as Plain;
  ahead.push(() =>
    load().then((module) => {
      loaded = module.default as Plain;
    }),
  );
  function Page(props: object) {
    const [Chosen] = useState<Plain>(() => loaded ?? Waiting);
    return <Chosen {...props} />;
  }
  return Page as never;
};

/** Fetch the code of all pages, one after the other. One that cannot be had is asked for again when it is opened. */
export async function loadAhead(): Promise<void> {
  for (const load of ahead.splice(0)) await load().catch(() => undefined);
}
