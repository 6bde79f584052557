/** What a page says in the place of a block whose operation no role of the person allows. */
const { h } = Vue;

/** @param {zc.Me} me @param {string} name of an operation */
export const may = (me, name) => me.operations.includes(name);

/** @param {import("../words.js").Words} t */
export const notAllowed = (t) => h("p", { class: "hint", role: "status" }, t("desk.not_allowed"));
