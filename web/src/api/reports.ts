/** Opening a report where a sign-in is needed: a new tab sends no header of ours, so it gets a ticket for one look. */

import type { MouseEvent } from "react";

import { useAccess } from "./access";
import { answered, http } from "./client";

/** An address that opens the report once; `download` asks the browser to keep it as a file. */
export async function reportAddress(reportUrl: string, download = false): Promise<string> {
  const filename = reportUrl.split("?")[0]?.split("/").pop() ?? "";
  const { ticket } = await answered<{ ticket: string }>(http.POST("/api/v1/reports/{filename}/ticket", { params: { path: { filename } } }));
  return `/api/v1/reports/${encodeURIComponent(filename)}?ticket=${encodeURIComponent(ticket)}${download ? "&download=true" : ""}`;
}

/** Open a report in a new tab; the tab is opened with the click, so that no browser takes it for an advertisement. */
export async function openReport(reportUrl: string): Promise<void> {
  const tab = window.open("about:blank", "_blank");
  try {
    const address = await reportAddress(reportUrl);
    if (tab) {
      tab.opener = null;
      tab.location.replace(address);
    } else window.location.assign(address);
  } catch (reason) {
    tab?.close();
    throw reason;
  }
}

/** Save a report as a file. */
export async function saveReport(reportUrl: string): Promise<void> {
  const link = document.createElement("a");
  link.href = await reportAddress(reportUrl, true);
  link.download = "";
  link.click();
}

/** What a link to a report needs: a plain address where nobody signs in, a ticket at the click where somebody does. */
export function useReportLink(reportUrl: string, { download, onFault }: { download: boolean; onFault: (reason: unknown) => void }): { href: string; onClick: (event: MouseEvent) => void; onAuxClick: (event: MouseEvent) => void } {
  const access = useAccess();
  return {
    // The middle button asks for a tab: it gets one, with a ticket.
    onAuxClick: (event) => {
      if (access === "open" || event.button !== 1) return;
      event.preventDefault();
      void openReport(reportUrl).catch(onFault);
    },
    href: `${reportUrl}${download ? `${reportUrl.includes("?") ? "&" : "?"}download=true` : ""}`,
    onClick: (event) => {
      if (access === "open") return;
      event.preventDefault();
      void (download ? saveReport(reportUrl) : openReport(reportUrl)).catch(onFault);
    },
  };
}
