import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env["QUANTGPT_DEV_BACKEND"] ?? "http://127.0.0.1:8003";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": here("./src") } },
  server: { proxy: { "/api": { target: backend } } },
  build: {
    outDir: here("../src/quantgpt/faces/static"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 900,
    license: { fileName: "third-party.md" },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./src/lib/test-setup.ts"],
  },
});
