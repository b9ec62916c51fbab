/** The test whose figures a library shows: the one of the address, or its newest. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { useLibraryTest, useLibraryTests, type LibraryTest, type LibraryTestRow } from "@/api/libraryTests";

export interface ShownTest {
  readonly test: LibraryTest | undefined;
  readonly earlier: readonly LibraryTest[];
  /** What was found about a factor, by its id. */
  readonly rowOf: (factor: { readonly id: string }) => LibraryTestRow | undefined;
  readonly show: (id: string) => void;
}

export function useTest(library: string): ShownTest {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const list = useLibraryTests(library);
  const asked = search["test"] === undefined ? undefined : String(search["test"]);
  const earlier = list.data?.tests ?? [];
  const shown = useLibraryTest(asked ?? earlier[0]?.test_id);
  const test = shown.data?.library === library ? shown.data : undefined;
  const rows = useMemo(() => new Map((test?.rows ?? []).map((row) => [row.id, row])), [test]);
  return {
    test,
    earlier,
    rowOf: (factor) => rows.get(factor.id),
    show: (id) => void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, test: id }), replace: true, resetScroll: false } as never),
  };
}
