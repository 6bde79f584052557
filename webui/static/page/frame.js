/** The head of a block: its title, how old its data is where the line is down, what can be done with it. */
const { h } = Vue;

/** @param {string | undefined} title @param {any[]} [more] right of the title */
export function head(title, more = []) {
  return title || more.length ? h("header", { class: "block-head" }, [h("h2", title ?? ""), h("div", { class: "block-tools" }, more)]) : null;
}

/** @param {import("../words.js").Words} t @param {string | undefined} asOf @param {boolean} connected */
export function age(t, asOf, connected) {
  return asOf ? h("span", { class: ["age", { stale: !connected }] }, t(connected ? "page.as_of" : "page.as_of_stale", { at: asOf })) : null;
}
