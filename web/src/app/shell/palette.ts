/** Whether the command palette is open; anything in the shell can open it. */

import { makeOpener } from "@/lib/opener";

const palette = makeOpener<true>();

export const openPalette = () => palette.open(true);
export const closePalette = palette.close;
export const usePaletteOpen = (): boolean => palette.useValue() === true;
