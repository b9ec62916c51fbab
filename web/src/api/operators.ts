/** The vocabulary of expressions: operators, fields, special variables. */

import { useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { Bilingual } from "./types";

export interface Place {
  readonly name: string;
  /** What stands there: a column, a column or a number, a number, a whole number of sessions. */
  readonly takes: string;
}

export interface Operator extends Bilingual {
  readonly name: string;
  /** How it is written when it is no call: "+", "and". */
  readonly symbol: string;
  readonly signature: string;
  readonly category: string;
  readonly category_zh: string;
  readonly category_en: string;
  readonly aliases: readonly string[];
  readonly doc: string;
  readonly example: string;
  /** Sessions before the first value of the example. */
  readonly warmup: number;
  readonly places: readonly Place[];
}

export interface Category extends Bilingual {
  readonly name: string;
}

export interface Field extends Bilingual {
  readonly name: string;
  readonly unit: string;
}

export interface Vocabulary {
  readonly operators: readonly Operator[];
  readonly categories: readonly Category[];
  readonly fields: readonly Field[];
  readonly special: readonly Category[];
}

/** The vocabulary does not change while the server runs. */
export const useOperators = (dialect: "quantgpt" | "qlib" = "quantgpt") =>
  useQuery({
    queryKey: ["operators", dialect],
    queryFn: ({ signal }) => answered<Vocabulary>(http.GET("/api/v1/operators", { params: { query: { dialect } }, signal }), signal),
    staleTime: Infinity,
    gcTime: Infinity,
  });
