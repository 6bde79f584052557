/** What the texts in hand would do: problems with their mend, changes in words and as text, trials; and the history. */
import { moment } from "../page/shown.js";
const { h } = Vue;

/** @typedef {import("../words.js").Words} Words */

/** @param {Words} t @param {zc.Problem[]} problems @param {(one: zc.Problem) => void} go */
export function problems(t, problems, go) {
  if (!problems.length) return h("p", { class: "hint" }, t("declaration.no_problems"));
  return h("ul", { class: "told-problems" }, problems.map((one) =>
    h("li", { key: `${one.file}:${one.line}:${one.col}:${one.code}:${one.path}` }, [
      h("span", { class: `tag tag-${one.level === "error" ? "red" : "amber"}` }, one.code),
      h("div", [
        h("button", { type: "button", class: "link", onClick: () => go(one) }, one.line ? `${one.file}:${one.line}:${one.col}` : one.file),
        h("p", [one.path ? h("code", one.path) : null, " ", one.zh.what]),
        one.zh.mend ? h("p", { class: "hint" }, t("declaration.mend", { text: one.zh.mend })) : null,
      ]),
    ])));
}

/** @param {Words} t @param {zc.Told | null} told */
export function changes(t, told) {
  if (!told) return h("p", { class: "hint" }, t("declaration.no_changes"));
  const words = [...told.changes, ...told.steps];
  return [
    words.length ? h("ul", { class: "told-words" }, words.map((one) => h("li", { key: one }, one))) : null,
    ...told.diffs.map((one) => h("pre", { key: one.path, class: "told-diff", tabindex: 0, "aria-label": t("declaration.diff_of", { path: one.path }) }, one.text.split("\n").map((line, n) => h("span", { key: n, class: kindOf(line) }, `${line}\n`)))),
  ];
}

/** @param {string} line */
function kindOf(line) {
  if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("@@")) return "diff-head";
  return line.startsWith("+") ? "diff-new" : line.startsWith("-") ? "diff-old" : "";
}

/** @param {Words} t @param {zc.Told | null} told */
export function trials(t, told) {
  if (!told?.trials.length) return h("p", { class: "hint" }, t("declaration.no_trials"));
  return h("ul", { class: "told-words" }, told.trials.map((one, n) =>
    h("li", { key: n }, [h("span", { class: `tag tag-${one.green ? "green" : "red"}` }, t(one.green ? "declaration.green" : "declaration.red")), ` ${one.interface} · ${one.title}`])));
}

/** @param {Words} t @param {zc.Version[]} versions @param {boolean} busy @param {(one: zc.Version) => void} restore */
export function history(t, versions, busy, restore) {
  if (!versions.length) return h("p", { class: "hint" }, t("declaration.no_history"));
  return h("ol", { class: "told-history" }, versions.map((one, n) =>
    h("li", { key: one.id }, [
      h("span", { class: "told-when" }, moment(one.at)),
      h("span", t("declaration.by", { who: one.who, number: one.snapshot })),
      h("span", { class: "hint" }, one.removed ? t("declaration.removed", { note: one.note }) : one.note),
      n ? h("button", { type: "button", class: "link", disabled: busy, onClick: () => restore(one) }, t("declaration.restore")) : h("span", { class: "tag tag-green" }, t("declaration.now")),
    ])));
}
