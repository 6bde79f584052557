import js from "@eslint/js";

const given = Object.fromEntries(
  ["window", "document", "location", "history", "localStorage", "fetch", "WebSocket", "URL", "URLSearchParams",
    "FormData", "navigator", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "matchMedia", "console",
    "getComputedStyle", "ResizeObserver", "AbortController", "structuredClone", "queueMicrotask", "Event",
    "Vue", "ElementPlus", "ElementPlusIconsVue", "ElementPlusLocaleZhCn", "echarts", "L", "Hls", "CodeMirror",
  ].map((name) => [name, "readonly"]),
);

export default [
  js.configs.recommended,
  {
    files: ["static/**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: given },
    rules: {
      "complexity": ["error", 10],
      "eqeqeq": "error",
      "max-depth": ["error", 3],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", { max: 50, skipComments: true, skipBlankLines: true }],
      "no-alert": "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Text is put in by h(); only the text block shows HTML, which the server made." },
      ],
    },
  },
];
