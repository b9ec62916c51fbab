/** Requests to our own server. Every failure becomes an ApiError with what the server said. */

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

interface Options {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export async function request<T>(path: string, { method = "GET", body, headers = {}, signal }: Options = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`${BASE}${path}`, {
      method,
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw new ApiError("offline", 0);
  }
  const parsed: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw errorOf(answer.status, parsed, answer.headers.get("Retry-After"));
  return parsed as T;
}
