/** How a request is signed, in one place to copy from. */

import { useTranslation } from "react-i18next";

import { CopyButton } from "@/ui/CopyButton";

import css from "./Keys.module.css";

const recipe = (origin: string) => `API_KEY='pk_…'  SECRET='…'
TS=$(($(date +%s) * 1000 + RANDOM % 1000))
SIG=$(printf '%s' "\${TS}GET/v1/backtest/jobs" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')
curl -sS '${origin}/v1/backtest/jobs' \\
  -H "X-PipAI-API-Key: $API_KEY" -H "X-PipAI-Timestamp: $TS" -H "X-PipAI-Signature: $SIG"`;

export function Recipe() {
  const { t } = useTranslation("apikeys");
  const text = recipe(window.location.origin);
  return (
    <section className={css["card"]} aria-label={t("recipe")}>
      <header className={css["recipeHead"]}>
        <h3>{t("recipe")}</h3>
        <CopyButton text={text} label={t("copyRecipe")} />
      </header>
      <p className={css["recipeText"]}>{t("recipeText")}</p>
      <pre className={css["code"]} tabIndex={0}><code>{text}</code></pre>
    </section>
  );
}
