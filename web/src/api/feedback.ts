/** Telling the people behind this server what is wrong. */

import { useMutation } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { components } from "./schema";

export type FeedbackBody = components["schemas"]["FeedbackBody"];

/** The id under which it was stored. */
export const useSendFeedback = () =>
  useMutation({
    mutationFn: async (body: FeedbackBody) => (await answered<{ id: string }>(http.POST("/api/v1/feedback", { body }))).id,
  });
