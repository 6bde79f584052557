/** A link to another page of ours: followed inside the shell, and an address like any other for a new tab. */
import { addressOf } from "../opened.js";
import { shownCell } from "./shown.js";
const { h } = Vue;

/** @typedef {ReturnType<typeof import("../opened.js").createOpened>} Opened */

/** @param {Opened} opened @param {string} page @param {zc.Query} query @param {any} content @param {Record<string, any>} [more] attributes */
export function pageLink(opened, page, query, content, more = {}) {
  const go = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opened.open(page, query);
  };
  return h("a", { href: addressOf(page, query), onClick: go, ...more }, [content]);
}

/** A value, and the page that its column opens. @param {import("../words.js").Words} t @param {Opened} opened @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels */
export function linkedCell(t, opened, column, value, labels) {
  const shown = shownCell(t, column, value, labels);
  return column.opens && value !== null && value !== undefined ? pageLink(opened, column.opens, { [column.name]: [String(value)] }, shown) : shown;
}
