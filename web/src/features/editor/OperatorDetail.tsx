/** One operator or field: call, exact meaning, what may stand in its places, an example. */

import { useTranslation } from "react-i18next";

import type { Field, Operator } from "@/api/operators";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeBlock } from "@/ui/Code";

import css from "./Detail.module.css";
import { MOST_SESSIONS } from "./limits";
import { plain, proseOf } from "./vocabulary";

export function OperatorDetail({ operator }: { operator: Operator }) {
  const { t, i18n } = useTranslation("workbench");
  const english = i18n.language.startsWith("en");
  const prose = proseOf(operator.doc).filter((line) => !line.startsWith(`${operator.name}(`));
  return (
    <div className={css["detail"]}>
      <p className={css["signature"]}>{operator.signature}</p>
      <p>{plain(pick(operator, i18n.language))}</p>
      {english ? prose.slice(1).map((line) => <p key={line} className={css["more"]}>{line}</p>) : null}
      {operator.symbol ? null : (
        <ul className={css["places"]}>
          {operator.places.map((place) => (
            <li key={place.name}><code>{place.name}</code> {t(`takes_${place.takes}`, { defaultValue: place.takes, most: integer(MOST_SESSIONS) })}</li>
          ))}
        </ul>
      )}
      {operator.aliases.length > 0 ? <p className={css["more"]}>{t("aliases")} <code>{operator.aliases.join(", ")}</code></p> : null}
      <CodeBlock text={operator.example} />
      <p className={css["more"]}>{t("exampleWarmup", { count: operator.warmup, value: integer(operator.warmup) })}</p>
    </div>
  );
}

export function FieldDetail({ field }: { field: Field }) {
  const { t, i18n } = useTranslation(["workbench", "mend"]);
  return (
    <div className={css["detail"]}>
      <p className={css["signature"]}>{field.name}</p>
      <p>{pick(field, i18n.language)}</p>
      <p className={css["more"]}>{t("unit")} {t(`mend:unit_${field.unit}`, { defaultValue: field.unit })}</p>
    </div>
  );
}
