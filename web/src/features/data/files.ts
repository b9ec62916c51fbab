/** Files that were dropped or chosen, with their paths inside of dropped folders. */

import type { ImportLimits } from "@/api/dataTypes";
import type { Picked } from "@/api/imports";

export const fromInput = (list: FileList | null): Picked[] => [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // A reader hands out at most a hundred entries at a time.
  const next = (): Promise<FileSystemEntry[]> =>
    new Promise((resolve, reject) =>
      reader.readEntries((found) => {
        all.push(...found);
        resolve(found.length === 0 ? all : next());
      }, reject),
    );
  return next();
}

async function walk(entry: FileSystemEntry): Promise<Picked[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path: entry.fullPath.replace(/^\//, "") || file.name }];
  }
  const found: Picked[] = [];
  for (const child of await children(entry as FileSystemDirectoryEntry)) found.push(...(await walk(child)));
  return found;
}

/** Everything in a drop, folders opened. The entries must be taken before the event ends. */
export function fromDrop(data: DataTransfer): Promise<Picked[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null).filter((entry): entry is FileSystemEntry => entry !== null);
  if (entries.length === 0) return Promise.resolve(fromInput(data.files));
  return Promise.all(entries.map(walk)).then((lists) => lists.flat());
}

export type Refusal = "none" | "count" | "bytes";

/** What the server would refuse is not sent. */
export function refusalOf(files: readonly Picked[], limits: ImportLimits): Refusal | null {
  if (files.length === 0) return "none";
  if (files.length > limits.files) return "count";
  return bytesOf(files) > limits.bytes ? "bytes" : null;
}

export const bytesOf = (files: readonly Picked[]): number => files.reduce((sum, { file }) => sum + file.size, 0);
