import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  base: "./",
  build: {
    // What Home Assistant's own frontend supports today.
    target: "es2022",
    outDir: "../custom_components/zmartcharge/frontend",
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      input: { zmartcharge: "src/entry.ts" },
      output: {
        format: "es",
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        // The licences of what is in it stay: the bundle is given on.
        comments: { legal: true },
      },
      preserveEntrySignatures: "strict",
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});
