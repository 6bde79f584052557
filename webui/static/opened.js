/** The opened pages as tabs, and the address of the one in front: the URL is the query. */
import { written } from "./door/api.js";

const MOST = 12;
const HOME = "home";

/** @param {URLSearchParams} parameters @returns {zc.Query} */
export function read(parameters) {
  /** @type {zc.Query} */
  const query = {};
  for (const [name, value] of parameters) (query[name] ??= []).push(value);
  return query;
}

/** @param {string} page @param {zc.Query} [query] */
export function addressOf(page, query = {}) {
  return `/p/${encodeURIComponent(page)}${written(query)}`;
}

/** @param {() => zc.PageLink[]} links all pages of the menu */
export function createOpened(links) {
  /** @type {{tabs: zc.Tab[], active: string}} */
  const state = Vue.reactive({ tabs: [], active: "" });

  /** @param {string} page @param {zc.Query} [query] @param {boolean} [silent] the address says so already */
  function open(page, query, silent = false) {
    let tab = state.tabs.find((one) => one.page === page);
    if (!tab) {
      const title = links().find((link) => link.id === page)?.title ?? page;
      state.tabs.push({ id: page, page, title, query: query ?? {}, dirty: false, rows: 0 });
      tab = /** @type {zc.Tab} */ (state.tabs.at(-1));
      shed(tab);
    } else if (query) tab.query = query;
    state.active = tab.id;
    if (!silent) history.pushState({}, "", addressOf(tab.page, tab.query));
  }
  /** Forget the page that was opened first where there are too many, but none that holds what somebody typed. @param {zc.Tab} kept */
  function shed(kept) {
    const first = state.tabs.find((tab) => !tab.dirty && tab !== kept);
    if (state.tabs.length > MOST && first) state.tabs.splice(state.tabs.indexOf(first), 1);
  }
  /** @param {string} id */
  function close(id) {
    const at = state.tabs.findIndex((tab) => tab.id === id);
    if (at < 0) return;
    state.tabs.splice(at, 1);
    if (state.active !== id) return;
    const next = state.tabs[Math.max(0, at - 1)];
    if (next) open(next.page);
    else home();
  }
  /** @param {zc.Tab} tab @param {zc.Query} query */
  function ask(tab, query) {
    tab.query = query;
    if (state.active === tab.id) history.replaceState({}, "", addressOf(tab.page, query));
  }
  function home() {
    const first = links().find((link) => link.id === HOME) ?? links()[0];
    if (first) open(first.id);
  }
  function follow() {
    const found = location.pathname.match(/^\/p\/([^/]+)$/);
    if (found) open(decodeURIComponent(found[1]), read(new URLSearchParams(location.search)), true);
    else home();
  }
  window.addEventListener("popstate", follow);
  return { state, open, close, ask, follow, home };
}
