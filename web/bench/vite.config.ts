/** Builds the bench page into the folder named by PARTS; no part of the app. */
import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [react()],
  resolve: { alias: { "@": here("../src") } },
  build: { outDir: process.env["PARTS"] ?? here("../dist/bench"), emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 2000 },
});
