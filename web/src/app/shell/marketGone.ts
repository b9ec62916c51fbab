/** Whether the market cannot be read: not signed in is no fault of the market. */

import { ApiError } from "@/api/client";

export const isGone = (reason: Error | null): boolean => reason !== null && !(reason instanceof ApiError && reason.status === 401);
