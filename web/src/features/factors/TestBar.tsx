/** Above the list of a library: what is chosen for a test, how a running one goes, what the last one found. */

import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { isRunning, useStopLibraryTest, type LibraryTest } from "@/api/libraryTests";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Button, TextButton } from "@/ui/controls";
import { Moment } from "@/ui/Moment";
import { Strip } from "@/ui/states";

import css from "./TestBar.module.css";

interface ProgressProps {
  readonly test: LibraryTest;
}

function Progress({ test }: ProgressProps) {
  const { t } = useTranslation("shelves");
  const stop = useStopLibraryTest();
  const pct = test.total > 0 ? (100 * (test.done ?? 0)) / test.total : 0;
  return (
    <div className={css["progress"]} role="status">
      <span>{test.status === "pending" ? t("testWaiting") : t("testRunning", { done: integer(test.done), total: integer(test.total) })}</span>
      <span className={css["track"]} aria-hidden="true"><span style={{ width: `${pct}%` }} /></span>
      <Button small disabled={stop.isPending} onClick={() => stop.mutate(test.test_id)}>{t("stop")}</Button>
    </div>
  );
}

interface TestBarProps {
  readonly chosen: number;
  readonly shown: number;
  readonly test: LibraryTest | undefined;
  /** Name of the universe of the shown test. */
  readonly universe: string;
  readonly earlier: readonly LibraryTest[];
  readonly onTest: () => void;
  readonly onAll: () => void;
  readonly onClear: () => void;
  readonly onShow: (id: string) => void;
}

export function TestBar({ chosen, shown, test, universe, earlier, onTest, onAll, onClear, onShow }: TestBarProps) {
  const { t, i18n } = useTranslation("shelves");
  const running = isRunning(test);
  const sentence = test?.summary?.sentence ? pick(test.summary.sentence, i18n.language) : "";
  return (
    <div className={css["bar"]} data-testid="library-test" data-state={test?.status ?? "none"}>
      <div className={css["buttons"]}>
        <Button small onClick={onTest} disabled={running || shown + chosen === 0} data-testid="library-test-open">
          {chosen > 0 ? t("testChosen", { count: chosen, value: integer(chosen) }) : t("testShown", { count: shown, value: integer(shown) })}
        </Button>
        {chosen < shown ? <TextButton onClick={onAll}>{t("chooseAll")}</TextButton> : null}
        {chosen > 0 ? <TextButton onClick={onClear}>{t("clearChoice")}</TextButton> : null}
        {earlier.length > 1 || (earlier.length === 1 && !test) ? (
          <Menu position="bottom-start" withinPortal>
            <Menu.Target><Button small>{t("earlierTests")}</Button></Menu.Target>
            <Menu.Dropdown>
              {earlier.slice(0, 12).map((one) => (
                <Menu.Item key={one.test_id} onClick={() => onShow(one.test_id)}>
                  <Moment stamp={one.created_at} /> · {t("factorCount", { count: one.total, value: integer(one.total) })}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </div>
      {test && running ? <Progress test={test} /> : null}
      {test?.status === "failed" ? <Strip>{test.error ? <>{t("testEnded")}<span data-user-text="">{test.error}</span></> : t("testFailed")}</Strip> : null}
      {test?.status === "completed" ? (
        <p className={css["sentence"]}>
          {sentence ? <strong>{sentence}</strong> : null}
          <span>{[universe, span(String(test.params["start_date"] ?? ""), String(test.params["end_date"] ?? "")), t("groupsHolding", { groups: test.params["n_groups"], holding: test.params["holding_period"] })].filter(Boolean).join(" · ")}</span>
        </p>
      ) : null}
    </div>
  );
}
