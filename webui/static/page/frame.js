/** The head of a block: its title, how old its data is where the line is down, what can be done with it. */
import { Age } from "./age.js";
const { h } = Vue;

/** @param {string | undefined} title @param {any[]} [more] right of the title */
export function head(title, more = []) {
  return title || more.length ? h("header", { class: "block-head" }, [h("h2", title ?? ""), h("div", { class: "block-tools" }, more)]) : null;
}

/** @param {import("../words.js").Words} t @param {string | undefined} asOf @param {boolean} connected */
export function age(t, asOf, connected) {
  if (!asOf) return null;
  return h(Age, { t, asOf, connected });
}
