/** One page inside the shell: its own error boundary, so that a broken page leaves the rest standing. */

import { Boundary } from "@/ui/Boundary";
import type { PageDefinition } from "@/lib/page";

export function PageFrame({ page }: { page: PageDefinition }) {
  const Page = page.component;
  return (
    <Boundary key={page.id}>
      <Page />
    </Boundary>
  );
}
