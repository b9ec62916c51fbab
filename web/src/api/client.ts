/** Requests to our own server. Every failure becomes an ApiError with what the server said. */

import createClient from "openapi-fetch";

import type { paths } from "./schema";

export const BASE = "/api/v1";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly facts: { field?: string; hint?: string; nearest?: unknown; code?: string } = {},
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** The server did not answer at all. */
  get offline(): boolean {
    return this.status === 0;
  }
}

type Body = Record<string, unknown>;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() ? value : undefined;
}

/** Read the error shape: `{"detail": "…"}`, with the field, the hint and the nearest value beside it when known. */
export function errorOf(status: number, body: unknown, retryAfter: string | null): ApiError {
  const plain = (typeof body === "object" && body !== null ? body : {}) as Body;
  const nested = (typeof plain["error"] === "object" && plain["error"] !== null ? plain["error"] : plain) as Body;
  const detail = textOf(plain["detail"]) ?? textOf(nested["message"]) ?? `HTTP ${status}`;
  const wait = Number(retryAfter);
  return new ApiError(
    detail,
    status,
    {
      field: textOf(nested["field"]),
      hint: textOf(nested["hint"]),
      nearest: nested["nearest"] ?? undefined,
      code: textOf(nested["code"]),
    },
    retryAfter !== null && Number.isFinite(wait) ? wait : null,
  );
}

/** The interface as its OpenAPI description types it. */
export const http = createClient<paths>({
  baseUrl: window.location.origin,
  headers: { Accept: "application/json" },
  fetch: (request) => globalThis.fetch(request),
});

/** The body of an answer as the shape that we know it to have; anything but success is thrown as an ApiError. */
export async function answered<T>(call: Promise<{ data?: unknown; error?: unknown; response: Response }>, signal?: AbortSignal): Promise<T> {
  let outcome: { data?: unknown; error?: unknown; response: Response };
  try {
    outcome = await call;
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw new ApiError("offline", 0);
  }
  const { data, error, response } = outcome;
  if (!response.ok) throw errorOf(response.status, error, response.headers.get("Retry-After"));
  return data as T;
}
