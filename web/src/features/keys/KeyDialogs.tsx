/** What is asked before a key is made, changed or ended, and the one sight of its secret. */

import { useId, useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useKeyActions, type ApiKey, type ApiKeySecret } from "@/api/apiKeys";
import { useOnce } from "@/lib/once";
import { toast } from "@/lib/toast";
import { Button } from "@/ui/controls";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Refusal } from "@/ui/Refusal";
import { Strip } from "@/ui/states";

import css from "./Keys.module.css";

const LONGEST_NAME = 100;
const GRACES = [0, 3_600, 86_400, 604_800] as const;

interface FormProps {
  readonly refused: unknown;
  readonly busy: boolean;
  readonly label: string;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Form({ refused, busy, label, onSubmit, onClose, children }: FormProps) {
  const { t } = useTranslation("apikeys");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={css["form"]} onSubmit={submit}>
      {children}
      {refused ? <Refusal of={refused} /> : null}
      <div className={css["buttons"]}>
        <Button look="primary" type="submit" disabled={busy}>{label}</Button>
        <Button look="ghost" onClick={onClose}>{t("notNow")}</Button>
      </div>
    </form>
  );
}

interface CreateProps {
  readonly open: boolean;
  readonly scopes: readonly string[];
  readonly onClose: () => void;
  readonly onMade: (made: ApiKeySecret) => void;
}

function Create({ scopes, onClose, onMade }: Omit<CreateProps, "open">) {
  const { t } = useTranslation("apikeys");
  const { create } = useKeyActions();
  const once = useOnce();
  const group = useId();
  const [name, setName] = useState("");
  const [some, setSome] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const submit = () => once((done) => create.mutate({ name: name.trim(), scopes: some ? [...chosen] : [] }, { onSuccess: onMade, onSettled: done }));
  return (
    <Form refused={create.error} busy={create.isPending || (some && chosen.length === 0)} label={t("create")} onSubmit={submit} onClose={onClose}>
      <Field label={t("name")} hint={t("nameHint")}>
        {(input) => <input {...input} value={name} maxLength={LONGEST_NAME} autoComplete="off" data-autofocus onChange={(event) => setName(event.target.value)} />}
      </Field>
      <fieldset className={css["scopes"]}>
        <legend>{t("scopes")}</legend>
        <label><input type="radio" name={group} checked={!some} onChange={() => setSome(false)} /> {t("allScopes")}</label>
        <label><input type="radio" name={group} checked={some} onChange={() => setSome(true)} /> {t("someScopes")}</label>
        {some ? (
          <div className={css["inner"]}>
            {scopes.map((scope) => (
              <label key={scope}>
                <input type="checkbox" checked={chosen.includes(scope)} onChange={(event) => setChosen(event.target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))} />
                <code>{scope}</code> <span className="muted">{t(`scope_${scope.replace(":", "_")}`, { defaultValue: "" })}</span>
              </label>
            ))}
          </div>
        ) : null}
      </fieldset>
    </Form>
  );
}

export function CreateDialog({ open, ...rest }: CreateProps) {
  const { t } = useTranslation("apikeys");
  return <Dialog title={t("createTitle")} open={open} onClose={rest.onClose}>{open ? <Create {...rest} /> : null}</Dialog>;
}

interface RotateProps {
  readonly of: ApiKey | null;
  readonly onClose: () => void;
  readonly onMade: (made: ApiKeySecret) => void;
}

function Rotate({ of: key, onClose, onMade }: RotateProps & { readonly of: ApiKey }) {
  const { t } = useTranslation("apikeys");
  const { rotate } = useKeyActions();
  const once = useOnce();
  const [grace, setGrace] = useState<number>(86_400);
  const submit = () => once((done) => rotate.mutate({ id: key.id, graceSeconds: grace }, { onSuccess: onMade, onSettled: done }));
  return (
    <Form refused={rotate.error} busy={rotate.isPending} label={t("rotate")} onSubmit={submit} onClose={onClose}>
      <p>{t("rotateText")}</p>
      <Field label={t("grace")} hint={grace === 0 ? t("graceNone") : t("graceHint")}>
        {(input) => (
          <select {...input} value={grace} onChange={(event) => setGrace(Number(event.target.value))}>
            {GRACES.map((seconds) => <option key={seconds} value={seconds}>{t(`grace_${seconds}`)}</option>)}
          </select>
        )}
      </Field>
    </Form>
  );
}

export function RotateDialog({ of: key, ...rest }: RotateProps) {
  const { t } = useTranslation("apikeys");
  return <Dialog title={t("rotateTitle", { name: key?.name || key?.id || "" })} open={key !== null} onClose={rest.onClose}>{key ? <Rotate of={key} {...rest} /> : null}</Dialog>;
}

function Revoke({ of: key, onClose }: { of: ApiKey; onClose: () => void }) {
  const { t } = useTranslation("apikeys");
  const { revoke } = useKeyActions();
  const once = useOnce();
  const done = () => {
    toast("success", t("wasRevoked", { name: key.name || key.id }));
    onClose();
  };
  return (
    <Form refused={revoke.error} busy={revoke.isPending} label={t("revoke")} onSubmit={() => once((settled) => revoke.mutate(key.id, { onSuccess: done, onSettled: settled }))} onClose={onClose}>
      <p>{t("revokeText")}</p>
    </Form>
  );
}

export function RevokeDialog({ of: key, onClose }: { of: ApiKey | null; onClose: () => void }) {
  const { t } = useTranslation("apikeys");
  return <Dialog title={t("revokeTitle", { name: key?.name || key?.id || "" })} open={key !== null} onClose={onClose}>{key ? <Revoke of={key} onClose={onClose} /> : null}</Dialog>;
}

export function SecretDialog({ made, rotated, onClose }: { made: ApiKeySecret | null; rotated: boolean; onClose: () => void }) {
  const { t } = useTranslation("apikeys");
  const [warnedOf, setWarnedOf] = useState<string | null>(null);
  const warned = made !== null && warnedOf === made.secret;
  return (
    <Dialog title={t(rotated ? "newSecret" : "newKey")} open={made !== null} onClose={onClose} onLeave={() => setWarnedOf(made?.secret ?? null)} width={560}>
      {made ? (
        <div className={css["form"]} data-testid="secret">
          <Strip>{t("once")}</Strip>
          <dl className={css["secret"]}>
            <dt>{t("keyId")}</dt>
            <dd><code>{made.key.id}</code><CopyButton text={made.key.id} label={t("copyId")} /></dd>
            <dt>{t("secret")}</dt>
            <dd><code>{made.secret}</code><CopyButton text={made.secret} label={t("copySecret")} /></dd>
          </dl>
          {warned ? <p role="alert" className={css["leave"]}>{t("notKept")}</p> : null}
          <div className={css["buttons"]}>
            <Button look="primary" onClick={onClose}>{t("kept")}</Button>
          </div>
        </div>
      ) : null}
    </Dialog>
  );
}
