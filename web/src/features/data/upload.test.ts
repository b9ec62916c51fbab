import { afterEach, describe, expect, it, vi } from "vitest";

import type { Import } from "@/api/dataTypes";
import { sendFiles } from "@/api/imports";

import { startUpload, uploading } from "./upload";

vi.mock("@/api/imports", () => ({ sendFiles: vi.fn() }));
type Sending = Parameters<typeof sendFiles>[0];

const files = [{ file: { size: 7 } as File, path: "a.csv" }];
/** The browser asks whether to leave. */
const asks = () => {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
};

afterEach(() => vi.mocked(sendFiles).mockReset());

describe("files on their way", () => {
  it("are known wherever the reader is, and the page asks before it is closed", async () => {
    let sending: Sending | undefined;
    let done: (one: Import) => void = () => undefined;
    vi.mocked(sendFiles).mockImplementation((given) => {
      sending = given;
      return new Promise((resolve) => (done = resolve));
    });
    const outcome = startUpload("main", files);
    sending?.onShare(0.5);
    expect(uploading()).toMatchObject({ files: 1, size: 7, share: 0.5 });
    expect(asks()).toBe(true);
    expect(await startUpload("main", files)).toEqual({ kind: "busy" });
    expect(sendFiles).toHaveBeenCalledTimes(1);
    done({ id: "imp_1" } as Import);
    expect(await outcome).toEqual({ kind: "made", one: { id: "imp_1" } });
    expect(uploading()).toBeNull();
    expect(asks()).toBe(false);
  });

  it("end as stopped or as failed, and another may follow", async () => {
    vi.mocked(sendFiles).mockImplementation(({ signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")))));
    const outcome = startUpload("main", files);
    uploading()?.stop();
    expect(await outcome).toEqual({ kind: "stopped" });
    const failure = new Error("full");
    vi.mocked(sendFiles).mockRejectedValue(failure);
    expect(await startUpload("main", files)).toEqual({ kind: "failed", failure });
  });
});
