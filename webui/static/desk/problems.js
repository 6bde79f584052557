/** Problems of declarations, each with its place and how to mend it. */
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {any[]} problems @param {(line: number) => void} [go] */
export function problemList(t, problems, go) {
  if (!problems?.length) return null;
  return h("div", { class: "problems", role: "alert" }, [h("ul", { "aria-label": t("desk.problems") }, problems.map((one, at) =>
    h("li", { key: at, class: `problem-${one.level}` }, [
      place(one, go),
      h("span", { class: "problem-code" }, one.code),
      h("span", [one.zh.what, one.zh.mend ? h("span", { class: "hint" }, ` ${one.zh.mend}`) : null]),
    ])))]);
}

/** @param {any} one @param {((line: number) => void) | undefined} go */
function place(one, go) {
  const said = `${one.file}:${one.line ?? ""}:${one.col ?? ""}`;
  return go && one.line ? h("button", { type: "button", class: "link", onClick: () => go(one.line) }, said) : h("code", said);
}
