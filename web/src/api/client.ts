/** Requests to our own server. Every failure becomes an ApiError with what the server said. */

import createClient from "openapi-fetch";

import { BASE, withAccess } from "./access";
import { withAdmin } from "./adminDoor";
import type { paths } from "./schema";

export { BASE };

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly facts: { field?: string; hint?: string; nearest?: unknown; code?: string; english?: string } = {},
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** The server did not answer at all. */
  get offline(): boolean {
    return this.status === 0;
  }

  /** Nothing was sent, or nothing was done, because nobody is signed in. */
  get signedOut(): boolean {
    return this.status === 401 && (this.facts.code === "signed_out" || this.facts.code === "expired");
  }

  /** An administrator has to give the password first. */
  get adminLocked(): boolean {
    return this.status === 401 && this.facts.code === "admin_locked";
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
      english: textOf(nested["detail_en"]),
    },
    retryAfter !== null && Number.isFinite(wait) ? wait : null,
  );
}

/** What the server answers to anybody. */
const ANYBODY = /\/(health|health\/ready|auth\/(send-code|verify-code|refresh)|admin\/login)$/;

/** The same request with a token; a copy, so that it can be sent again after a refresh. */
const sender = (request: Request) => (authorization: string | null) => {
  const copy = request.clone();
  if (authorization !== null) copy.headers.set("Authorization", authorization);
  return globalThis.fetch(copy);
};

const clientWith = (send: (request: Request) => Promise<Response>) =>
  createClient<paths>({ baseUrl: window.location.origin, headers: { Accept: "application/json" }, fetch: send });

/** The interface as its OpenAPI description types it; tokens are added and refreshed on the way. */
export const http = clientWith((request) => (ANYBODY.test(new URL(request.url).pathname) ? globalThis.fetch(request) : withAccess(sender(request), request.method === "GET")));

/** The same for what only administrators may do; without their password the answer is an ApiError that is `adminLocked`. */
export const asAdmin = clientWith((request) => withAdmin(sender(request)));

/** A proxy's words for a server that does not answer; ours never says them. */
const NOBODY_BEHIND: ReadonlySet<number> = new Set([502, 504]);

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
  if (NOBODY_BEHIND.has(response.status)) throw new ApiError("offline", 0);
  if (!response.ok) throw errorOf(response.status, error, response.headers.get("Retry-After"));
  return data as T;
}
