import eslint from "@eslint/js";
import lit from "eslint-plugin-lit";
import a11y from "eslint-plugin-lit-a11y";
import wc from "eslint-plugin-wc";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "eslint.config.js"] },
  eslint.configs.recommended,
  tseslint.configs.strict,
  lit.configs["flat/recommended"],
  wc.configs["flat/recommended"],
  {
    plugins: { "lit-a11y": a11y },
    rules: {
      ...a11y.configs.recommended.rules,
      eqeqeq: "error",
      "max-lines": ["error", 400],
    },
    settings: { litHtmlSources: true },
  },
);
