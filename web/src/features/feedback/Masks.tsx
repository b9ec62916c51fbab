/** The preview of a screenshot: dragging covers a part, arrow keys move and resize a cover. */

import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import css from "./feedback.module.css";
import { maskBetween, nudged, paint, type Mask } from "./picture";

interface MasksProps {
  readonly picture: ImageBitmap;
  readonly masks: readonly Mask[];
  readonly onChange: (masks: readonly Mask[]) => void;
}

const PREVIEW_WIDTH = 1040;
const styleOf = ({ x, y, w, h }: Mask) => ({ left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` });

export function Masks({ picture, masks, onChange }: MasksProps) {
  const { t } = useTranslation("feedback");
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [from, setFrom] = useState<{ x: number; y: number } | null>(null);
  const [drawn, setDrawn] = useState<Mask | null>(null);

  useEffect(() => {
    const scale = Math.min(1, PREVIEW_WIDTH / picture.width);
    if (canvas.current) paint(canvas.current, picture, Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)), [], "");
  }, [picture]);

  const at = (event: PointerEvent) => {
    const area = box.current?.getBoundingClientRect();
    return area ? { x: (event.clientX - area.left) / area.width, y: (event.clientY - area.top) / area.height } : { x: 0, y: 0 };
  };
  const start = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setFrom(at(event));
  };
  const move = (event: PointerEvent) => {
    if (from) setDrawn(maskBetween(from, at(event)));
  };
  const end = (event: PointerEvent) => {
    const mask = from ? maskBetween(from, at(event)) : null;
    if (mask) onChange([...masks, mask]);
    setFrom(null);
    setDrawn(null);
  };
  const drop = () => {
    setFrom(null);
    setDrawn(null);
  };
  const key = (event: KeyboardEvent, index: number) => {
    if (event.key === "Delete" || event.key === "Backspace") onChange(masks.filter((_, i) => i !== index));
    else if (event.key.startsWith("Arrow")) onChange(masks.map((mask, i) => (i === index ? nudged(mask, event.key, event.shiftKey) : mask)));
    else return;
    event.preventDefault();
  };
  return (
    <div className={css["stage"]} role="region" aria-label={t("preview")} tabIndex={0}>
      <div ref={box} className={css["preview"]} data-testid="feedback-preview" onPointerDown={start} onPointerMove={move} onPointerUp={end} onPointerCancel={drop}>
        <canvas ref={canvas} aria-hidden="true" />
        {masks.map((mask, i) => (
          <button key={i} type="button" className={css["mask"]} style={styleOf(mask)} aria-label={t("mask", { n: i + 1 })} title={t("mask", { n: i + 1 })} onKeyDown={(event) => key(event, i)} />
        ))}
        {drawn ? <span className={css["mask"]} style={styleOf(drawn)} /> : null}
      </div>
    </div>
  );
}
