/** Whether the sign-in dialog is asked for; anything may ask, the dialog of the shell listens. */

import { makeOpener } from "./opener";

const asked = makeOpener<true>();

export const openSignIn = () => asked.open(true);
export const closeSignIn = asked.close;
export const useSignInAsked = () => asked.useValue() === true;
