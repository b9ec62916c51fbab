/** Ideas to start from: a click writes the idea as it is said, Ctrl + click runs it. A test holds each sentence to its expression. */

import { useTranslation } from "react-i18next";

import { CodeLine } from "@/ui/Code";

import css from "./Examples.module.css";
import { EXAMPLES } from "./ideas";

export { EXAMPLES, type Example } from "./ideas";

export function Examples({ onPick }: { onPick: (text: string, runNow: boolean) => void }) {
  const { t } = useTranslation("examples");
  return (
    <section aria-label={t("title")}>
      <p className={css["title"]}>{t("title")}<span className={css["how"]}>{t("how")}</span></p>
      <div className={css["grid"]}>
        {EXAMPLES.map(({ id, expression, bare }) => (
          <button key={id} type="button" className={css["card"]} data-example={id} onClick={(event) => onPick(bare ? expression : t(`${id}_idea`), event.ctrlKey || event.metaKey)}>
            <span className={css["kind"]}>{t(`${id}_kind`)}</span>
            {bare ? (
              <>
                <CodeLine text={expression} className={css["bare"] ?? ""} />
                <span className={css["note"]}>{t(`${id}_idea`)}</span>
              </>
            ) : (
              <>
                <span className={css["idea"]}>{t(`${id}_idea`)}</span>
                <CodeLine text={expression} className={css["code"] ?? ""} />
              </>
            )}
          </button>
        ))}
      </div>
    </section>
  );
}
