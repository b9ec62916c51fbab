/** The keys with which programs sign their requests: made, given a new secret, revoked. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useApiKeys, type ApiKey, type ApiKeySecret } from "@/api/apiKeys";
import { useHeading } from "@/lib/title";
import { Button, Tag } from "@/ui/controls";
import { DataTable, type Column } from "@/ui/DataTable";
import { PlusIcon } from "@/ui/icons";
import { Moment } from "@/ui/Moment";
import { DataView, Empty } from "@/ui/states";

import { CreateDialog, RevokeDialog, RotateDialog, SecretDialog } from "./KeyDialogs";
import css from "./Keys.module.css";
import { Recipe } from "./Recipe";

type Open = { readonly kind: "create" } | { readonly kind: "rotate" | "revoke"; readonly key: ApiKey } | { readonly kind: "secret"; readonly made: ApiKeySecret; readonly rotated: boolean };

/** In force first, each newest first. */
export const inOrder = (keys: readonly ApiKey[]) => keys.toSorted((a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null) || b.created_at.localeCompare(a.created_at));

function State({ key_: key }: { key_: ApiKey }) {
  const { t } = useTranslation("apikeys");
  if (key.revoked_at !== null) return <Tag mark="fail">{t("revoked")}</Tag>;
  if (key.rotated_until !== null && Date.parse(`${key.rotated_until}Z`) > Date.now()) return <span className={css["overlap"]}><Tag mark="doubt">{t("overlap")}</Tag> <span>{t("until")} <Moment stamp={key.rotated_until} /></span></span>;
  return <Tag mark="pass">{t("inForce")}</Tag>;
}

function Table({ keys, onOpen }: { keys: readonly ApiKey[]; onOpen: (open: Open) => void }) {
  const { t } = useTranslation("apikeys");
  const shown = inOrder(keys);
  const of = (id: unknown) => shown.find((key) => key.id === id);
  const columns: readonly Column[] = [
    { key: "name", label: t("name"), show: (value, row) => <span className={css["cell"]}><b data-user-text="">{String(value || t("nameless"))}</b><code>{String(row["id"])}</code></span> },
    { key: "state", label: t("state"), show: (_, row) => { const key = of(row["id"]); return key ? <State key_={key} /> : null; } },
    {
      key: "actions",
      label: t("actions"),
      show: (_, row) => {
        const key = of(row["id"]);
        return !key || key.revoked_at !== null ? null : (
          <span className={css["rowButtons"]}>
            <Button small onClick={() => onOpen({ kind: "rotate", key })}>{t("rotate")}</Button>
            <Button small look="ghost" onClick={() => onOpen({ kind: "revoke", key })}>{t("revoke")}</Button>
          </span>
        );
      },
    },
    { key: "scopes", label: t("scopes"), wrap: true, show: (value) => (value ? String(value) : t("allScopes")) },
    { key: "created", label: t("created"), show: (value) => <Moment stamp={String(value)} /> },
    { key: "used", label: t("used"), show: (value) => (value ? <Moment stamp={String(value)} /> : t("never")) },
  ];
  const rows = shown.map((key) => ({ id: key.id, name: key.name, state: key.revoked_at, actions: "", scopes: key.scopes.join(", "), created: key.created_at, used: key.last_used_at }));
  return <DataTable label={t("title")} columns={columns} rows={rows} quiet={(row) => row["state"] !== null} phoneColumns={3} />;
}

export function Keys() {
  const { t } = useTranslation("apikeys");
  useHeading({ title: t("title"), trail: [{ label: t("settings"), to: "/settings" }], back: "/settings" });
  const query = useApiKeys();
  const [open, setOpen] = useState<Open | null>(null);
  /** A dialog tells that it closed only after the next one has opened: it closes no other than itself. */
  const close = (kind: Open["kind"]) => () => setOpen((now) => (now?.kind === kind ? null : now));
  const make = <Button look="primary" onClick={() => setOpen({ kind: "create" })}><PlusIcon size={14} /> {t("create")}</Button>;
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <p>{t("lead")}</p>
        {make}
      </div>
      <section className={css["card"]} aria-label={t("title")}>
        <DataView of={query} height={220} isEmpty={(data) => data.keys.length === 0} empty={<Empty title={t("none")} height={200}>{t("noneText")}</Empty>}>
          {(data) => <Table keys={data.keys} onOpen={setOpen} />}
        </DataView>
      </section>
      <Recipe />
      <CreateDialog open={open?.kind === "create"} scopes={query.data?.scopes ?? []} onClose={close("create")} onMade={(made) => setOpen({ kind: "secret", made, rotated: false })} />
      <RotateDialog of={open?.kind === "rotate" ? open.key : null} onClose={close("rotate")} onMade={(made) => setOpen({ kind: "secret", made, rotated: true })} />
      <RevokeDialog of={open?.kind === "revoke" ? open.key : null} onClose={close("revoke")} />
      <SecretDialog made={open?.kind === "secret" ? open.made : null} rotated={open?.kind === "secret" && open.rotated} onClose={close("secret")} />
    </div>
  );
}
