/** The fields of a form, read from the JSON Schema of a template. */

import type { SchemaProperty, TemplateSchema } from "@/api/cryptoTypes";

export interface FieldSpec {
  readonly name: string;
  readonly kind: "integer" | "decimal" | "choice";
  readonly title: string;
  readonly note: string;
  /** What a number counts: price, quote, fraction, bars. */
  readonly unit: string;
  readonly required: boolean;
  readonly standard: string;
  readonly choices: readonly string[];
  readonly least: string;
  readonly most: string;
}

const textOf = (value: string | number | undefined) => (value === undefined ? "" : String(value));

function specOf(name: string, property: SchemaProperty, required: boolean, english: boolean): FieldSpec {
  return {
    name,
    kind: property.enum ? "choice" : property.type === "integer" ? "integer" : "decimal",
    title: (english ? property["x-title-en"] : property.title) ?? name,
    note: (english ? property["x-description-en"] : property.description) ?? "",
    unit: property["x-unit"] ?? "",
    required,
    standard: textOf(property.default),
    choices: property.enum ?? [],
    least: textOf(property.minimum ?? property["x-minimum"]),
    most: textOf(property.maximum ?? property["x-maximum"]),
  };
}

/** Required fields first, each in the order of the schema. */
export function fieldsOf(schema: TemplateSchema, language: string): FieldSpec[] {
  const required = new Set(schema.required ?? []);
  const english = language.startsWith("en");
  const all = Object.entries(schema.properties).map(([name, property]) => specOf(name, property, required.has(name), english));
  return [...all.filter((field) => field.required), ...all.filter((field) => !field.required)];
}

/** A value as the interface takes it: whole numbers as numbers, everything else as it was typed. */
export function wireValue(field: FieldSpec, text: string): string | number {
  const plain = text.trim();
  return field.kind === "integer" && /^[+-]?\d{1,15}$/.test(plain) ? Number(plain) : plain;
}

/** "0.05" as "5%": what a fraction means; nothing for what is no number. */
export function percentOf(text: string): string {
  const plain = text.trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)) return "";
  const value = Number(plain) * 100;
  return Number.isFinite(value) ? `${Number(value.toPrecision(12))}%` : "";
}
