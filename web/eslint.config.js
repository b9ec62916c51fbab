// Import zones: app → pages → features → api | ui → lib. Zones are reached by "@/zone/…"; features are blind to each other,
// and so are api and ui. A feature reaches its own files by "./".
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const zones = ["app", "pages", "features", "api", "ui", "lib"];
const allowed = {
  app: ["app", "pages", "features", "api", "ui", "lib"],
  pages: ["features", "api", "ui", "lib"],
  features: ["api", "ui", "lib"],
  api: ["lib"],
  ui: ["lib"],
  lib: [],
};

const zone = (name) => ({
  files: [`src/${name}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: zones.filter((other) => other !== name && !allowed[name].includes(other)).map((other) => `@/${other}/**`),
            message: `${name} may import from: ${allowed[name].join(", ") || "nothing of ours"}`,
          },
          ...(name === "app" ? [] : [{ group: ["../*"], message: "Reach other folders by @/zone/…" }]),
        ].filter((pattern) => pattern.group.length > 0),
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strict],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-console": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  ...zones.map(zone),
);
