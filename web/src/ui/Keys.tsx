import css from "./Keys.module.css";

/** Keys as caps: "g r" one after the other, "Ctrl+K" together. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={css["keys"]}>
      {keys.split(" ").map((chord, i) => (
        <span key={`${chord}${i}`} className={css["chord"]}>
          {chord.split(/\+(?=.)/).map((key) => <kbd key={key} className={css["cap"]}>{key}</kbd>)}
        </span>
      ))}
    </span>
  );
}
