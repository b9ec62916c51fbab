/** A place in this app to go on to, as path, search and hash; anything that leads elsewhere is the start page. */
export function placeIn(next: unknown): string {
  if (typeof next !== "string" || !next.startsWith("/")) return "/";
  try {
    // As the browser reads it: it drops tabs and line breaks, and takes a backslash for a slash.
    const { origin, pathname, search, hash } = new URL(next, window.location.origin);
    return origin === window.location.origin && !pathname.startsWith("//") ? `${pathname}${search}${hash}` : "/";
  } catch {
    return "/";
  }
}
