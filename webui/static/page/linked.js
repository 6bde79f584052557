/** What the address of a page asks of its linked blocks: FIELD=value, FIELD.TEST=value and within, as the API has them.
 * A click adds to it, so that the way back is the browser's own. */
const { inject, provide } = Vue;

const MARK = ":"; // conditions of a list that is not the page's first

/** @typedef {ReturnType<typeof createLinked>} Linked */

/** @param {zc.Tab} tab @param {ReturnType<typeof import("../opened.js").createOpened>} opened */
export function createLinked(tab, opened) {
  /** What keys are called, as answers told it: {dimension: {value: text}} */
  const known = Vue.reactive(/** @type {Record<string, Record<string, string>>} */ ({}));
  const all = () => Object.fromEntries(Object.entries(tab.query).filter(([name]) => !name.includes(MARK)));

  /** What a block asks: its own question within what the address says, but not narrowed by what it shows itself.
   * @param {zc.Block} block @returns {zc.Query} */
  function asked(block) {
    const own = block.query ?? {};
    if (!block.linked) return own;
    const shown = block.block === "chart" ? (own.by ?? []) : [];
    const given = Object.entries(all()).filter(([name]) => name !== "within" && block.asks?.includes(name.split(/[.@]/)[0]) && !shown.includes(name));
    const query = { ...Object.fromEntries(given), ...own };
    return all().within ? { ...query, within: all().within } : query;
  }
  /** Ask for what was clicked; false where that is asked for already. @param {Record<string, any>} values @returns {boolean} */
  function choose(values) {
    if (Object.entries(values).every(([name, value]) => all()[name]?.[0] === String(value))) return false;
    set(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])));
    return true;
  }
  /** @param {Record<string, string[] | string | null>} changes null takes a condition away */
  function set(changes) {
    const query = /** @type {zc.Query} */ ({ ...tab.query });
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "" || !value.length) delete query[name];
      else query[name] = Array.isArray(value) ? value : [value];
    }
    opened.open(tab.page, query);
  }
  /** @param {Record<string, Record<string, string>>} labels */
  function told(labels) {
    for (const [name, texts] of Object.entries(labels)) known[name] = { ...known[name], ...texts };
  }
  return { all, asked, choose, set, told, known };
}

/** @param {Linked} linked */
export const provideLinked = (linked) => provide("linked", linked);

/** @returns {Linked} */
export const useLinked = () => /** @type {any} */ (inject("linked"));

/** All blocks of a page, those behind tabs and in groups too. @param {zc.Block[][]} rows @returns {zc.Block[]} */
export const blocksOf = (rows) => rows.flat().flatMap((block) => [block, ...[...(block.tabs ?? []), block].flatMap((part) => blocksOf(part.rows ?? []))]);
