/** Whether somebody wants to tell us something, and about which run; the dialog of the shell listens. */

import { makeOpener } from "./opener";

const asked = makeOpener<{ readonly taskId: string | null }>();

/** Open the feedback dialog; a run that failed says which one it was. */
export const openFeedback = (taskId: string | null = null) => asked.open({ taskId });
export const closeFeedback = asked.close;
export const useFeedbackAsked = asked.useValue;
