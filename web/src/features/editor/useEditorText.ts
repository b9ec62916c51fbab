/** The text in the editor: in the address, so that the view is a link, and on this machine, so that nothing is lost. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";

import { remembered } from "@/lib/storage";

const KEY = "editor.text";
const ADDRESS_PAUSE_MS = 400;
/** Longer texts stay out of the address; this machine keeps them. */
const MOST_IN_ADDRESS = 4000;

export interface EditorText {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** What was being written here before a link brought another text; one press brings it back. */
  readonly earlier: string | null;
  readonly forgetEarlier: () => void;
}

export function useEditorText(): EditorText {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const asked = search["expr"] === undefined ? null : String(search["expr"]);
  const [kept] = useState(() => remembered.text(KEY) ?? "");
  const [text, set] = useState(() => asked ?? kept);
  const [earlier, setEarlier] = useState<string | null>(() => (asked !== null && kept.trim() && kept !== asked ? kept : null));
  /** What this editor wrote into the address; anything else there comes from a link. */
  const written = useRef(asked);
  const now = useRef(text);

  const setText = useCallback((next: string) => {
    now.current = next;
    set(next);
    remembered.setText(KEY, next);
  }, []);

  useEffect(() => {
    if (asked === null || asked === written.current) return;
    written.current = asked;
    if (now.current.trim() && now.current !== asked) setEarlier(now.current);
    setText(asked);
  }, [asked, setText]);

  useEffect(() => {
    const timer = setTimeout(() => {
      const wanted = text && text.length <= MOST_IN_ADDRESS ? text : null;
      if (wanted === written.current) return;
      written.current = wanted;
      void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, expr: wanted ?? undefined }), replace: true, resetScroll: false } as never);
    }, ADDRESS_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, navigate]);

  return { text, setText, earlier, forgetEarlier: useCallback(() => setEarlier(null), []) };
}
