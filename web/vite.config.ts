import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env["QUANTGPT_DEV_BACKEND"] ?? "http://127.0.0.1:8003";

/** The fonts that are shipped bring their licence text along. */
const fontLicences: Plugin = {
  name: "font-licences",
  apply: "build",
  generateBundle() {
    for (const font of ["inter", "jetbrains-mono"]) {
      const source = readFileSync(here(`./node_modules/@fontsource-variable/${font}/LICENSE`), "utf8");
      this.emitFile({ type: "asset", fileName: `licences/${font}.txt`, source });
    }
  },
};

export default defineConfig({
  plugins: [react(), fontLicences],
  resolve: { alias: { "@": here("./src") } },
  server: { proxy: { "/api": { target: backend } } },
  build: {
    outDir: here("../src/quantgpt/faces/static"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 900,
    license: { fileName: "licences/packages.md" },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./src/lib/test-setup.ts"],
  },
});
