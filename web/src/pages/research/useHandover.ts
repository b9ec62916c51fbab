/** What the editor, a library or the palette hands over. It waits until it runs or stands in the composer. */

import { useEffect, useRef } from "react";

import { handover } from "@/lib/handover";

interface Hands {
  /** Run a text; null while that is not possible. */
  readonly run: (text: string, key: string) => Promise<unknown> | null;
  /** Into the composer; with the key of a submission that was not taken. */
  readonly put: (offer: { readonly text: string; readonly key?: string }) => void;
}

export function useHandover(ready: boolean, hands: Hands): void {
  const carried = useRef<string | null>(null);
  const receive = () => {
    const given = handover.waiting();
    if (given === null || carried.current === given.key) return;
    const { text, key } = given;
    const sent = given.run ? hands.run(text, key) : null;
    if (given.run && sent === null) return;
    carried.current = key;
    if (sent === null) {
      hands.put({ text });
      handover.done(key);
      return;
    }
    sent.then(
      () => handover.done(key),
      () => {
        hands.put({ text, key });
        handover.done(key);
      },
    );
  };
  const live = useRef(receive);
  useEffect(() => {
    live.current = receive;
  });
  useEffect(() => {
    if (!ready) return;
    const look = () => live.current();
    look();
    return handover.watch(look);
  }, [ready]);
}
