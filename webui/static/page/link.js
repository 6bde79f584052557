/** A link to another page of ours: followed inside the shell, and an address like any other for a new tab. */
import { addressOf } from "../opened.js";
const { h } = Vue;

/** @param {ReturnType<typeof import("../opened.js").createOpened>} opened @param {string} page @param {zc.Query} query @param {any} content @param {Record<string, any>} [more] attributes */
export function pageLink(opened, page, query, content, more = {}) {
  const go = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opened.open(page, query);
  };
  return h("a", { href: addressOf(page, query), onClick: go, ...more }, [content]);
}
