/** The way to the pages: a rail, a grouped column on wide windows, a bar at the bottom of a phone. */

import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { PageDefinition } from "@/lib/page";
import { FoldIcon, MenuIcon, UnfoldIcon } from "@/ui/icons";

import { MoreSheet } from "./MoreSheet";
import css from "./Navigation.module.css";
import { SystemMark } from "./SystemMark";
import { isAtHand, useNavigation } from "./useNavigation";

export function Item({ page, here, onClick }: { page: PageDefinition; here: boolean; onClick?: () => void }) {
  const { t } = useTranslation(page.id);
  const Icon = page.nav?.icon;
  return (
    <Link to={page.path} className={css["item"]} data-here={here ? "" : undefined} aria-current={here ? "page" : undefined} onClick={onClick}>
      {Icon ? <Icon size={18} /> : null}
      <span>{t("nav", { ns: page.id })}</span>
    </Link>
  );
}

export function Navigation({ folded, onFold }: { folded: boolean; onFold: () => void }) {
  const { t } = useTranslation("shell");
  const { groups, here } = useNavigation();
  const foot = groups.find((group) => group.name === "foot");
  return (
    <nav className={css["rail"]} aria-label={t("navigation")} data-folded={folded ? "" : undefined}>
      <Link to="/" className={css["brand"]} aria-label={t("brand")}>
        <span className={css["logo"]} aria-hidden="true">Q</span>
        <span className={css["brandName"]} aria-hidden="true">QuantGPT</span>
      </Link>
      <div className={css["pages"]}>
        {groups
          .filter((group) => group.name !== "foot")
          .map((group) => (
            <div key={group.name} className={css["group"]} role="group" aria-label={t(`group_${group.name}`)}>
              <span className={css["groupName"]} aria-hidden="true">{t(`group_${group.name}`)}</span>
              {group.pages.map((page) => <Item key={page.id} page={page} here={page.id === here} />)}
            </div>
          ))}
      </div>
      <div className={css["foot"]}>
        {foot?.pages.map((page) => <Item key={page.id} page={page} here={page.id === here} />)}
        <SystemMark />
        <button type="button" className={`${css["item"]} ${css["fold"]}`} aria-expanded={!folded} onClick={onFold}>
          {folded ? <UnfoldIcon size={18} /> : <FoldIcon size={18} />}
          <span>{t(folded ? "unfold" : "fold")}</span>
        </button>
      </div>
    </nav>
  );
}

/** Phones: the pages at hand, and the rest behind one button. */
export function BottomBar() {
  const { t } = useTranslation("shell");
  const { pages, here } = useNavigation();
  const [more, setMore] = useState(false);
  const rest = pages.filter((page) => !isAtHand(page));
  return (
    <>
      <nav className={css["bottom"]} aria-label={t("navigation")}>
        {pages.filter(isAtHand).map((page) => <Item key={page.id} page={page} here={page.id === here} />)}
        <button type="button" className={css["item"]} aria-haspopup="dialog" data-here={rest.some((page) => page.id === here) ? "" : undefined} onClick={() => setMore(true)} data-testid="more">
          <MenuIcon size={18} />
          <span>{t("more")}</span>
        </button>
      </nav>
      <MoreSheet open={more} pages={rest} here={here} onClose={() => setMore(false)} />
    </>
  );
}
