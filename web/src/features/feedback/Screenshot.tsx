/** The optional screenshot of a piece of feedback: chosen, pasted or dropped; seen and covered before it goes. */

import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { Button, TextButton } from "@/ui/controls";

import css from "./feedback.module.css";
import { Masks } from "./Masks";
import { pictureIn, type Mask } from "./picture";

export interface Shot {
  readonly picture: ImageBitmap;
  readonly masks: readonly Mask[];
}

interface ScreenshotProps {
  readonly shot: Shot | null;
  readonly fault: string | null;
  readonly onTake: (file: File) => void;
  readonly onChange: (shot: Shot | null) => void;
}

export function Screenshot({ shot, fault, onTake, onChange }: ScreenshotProps) {
  const { t } = useTranslation("feedback");
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = pictureIn(event.dataTransfer) ?? event.dataTransfer.files[0];
    if (file) onTake(file);
  };
  const hold = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <fieldset className={css["shot"]} data-over={over ? "" : undefined} onDragOver={hold} onDragLeave={() => setOver(false)} onDrop={drop}>
      <legend>{t("picture")}</legend>
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="sr"
        tabIndex={-1}
        aria-label={t("choose")}
        data-testid="feedback-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onTake(file);
          event.target.value = "";
        }}
      />
      {shot ? <Masks picture={shot.picture} masks={shot.masks} onChange={(masks) => onChange({ ...shot, masks })} /> : <p className={css["hint"]}>{t("pictureHint")}</p>}
      {fault ? <p className={css["fault"]} role="alert">{fault}</p> : null}
      <div className={css["row"]}>
        <Button small onClick={() => input.current?.click()}>{t(shot ? "replace" : "choose")}</Button>
        {shot ? (
          <>
            <Button small onClick={() => onChange({ ...shot, masks: [...shot.masks, { x: 0.35, y: 0.4, w: 0.3, h: 0.2 }] })}>{t("addMask")}</Button>
            {shot.masks.length > 0 ? <TextButton onClick={() => onChange({ ...shot, masks: [] })}>{t("clearMasks")}</TextButton> : null}
            <TextButton onClick={() => onChange(null)}>{t("remove")}</TextButton>
          </>
        ) : null}
      </div>
      {shot ? <p className={css["hint"]}>{t("masks")}</p> : null}
    </fieldset>
  );
}
