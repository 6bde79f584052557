/** The conditions of a list, kept in the address: FIELD=value and FIELD.TEST=value, sort, page, limit. */

const OWN = new Set(["sort", "page", "limit"]);

/**
 * @param {zc.Tab} tab @param {string} path the block's place; the page's first table has the plain names
 * @param {(tab: zc.Tab, query: zc.Query) => void} put @param {() => zc.Category} category @param {() => number} size
 */
export function createQuery(tab, path, put, category, size) {
  const prefix = tab.rows++ ? `${path}:` : "";
  /** @returns {zc.Query} what concerns this list, without its prefix */
  const all = () => Object.fromEntries(Object.entries(tab.query).filter(([name]) => mine(name)).map(([name, values]) => [name.slice(prefix.length), values]));
  const mine = (/** @type {string} */ name) => (prefix ? name.startsWith(prefix) : !name.includes(":"));
  const conditions = () => Object.fromEntries(Object.entries(all()).filter(([name]) => !OWN.has(name)));
  const page = () => Math.max(1, Number(all().page?.[0] ?? 1) || 1);
  const limit = () => Number(all().limit?.[0] ?? size()) || size();
  const sort = () => (all().sort?.[0] ?? category().sort.join(",")).split(",").filter(Boolean);

  /** @param {Record<string, string[] | string | null>} changes null takes a name away; a change of conditions goes back to page 1 */
  function set(changes) {
    const next = /** @type {zc.Query} */ ({ ...all() });
    if (!("page" in changes)) delete next.page;
    for (const [name, value] of Object.entries(changes)) {
      const values = value === null || value === "" ? [] : Array.isArray(value) ? value : [value];
      if (values.length) next[name] = values;
      else delete next[name];
    }
    const others = Object.entries(tab.query).filter(([name]) => !mine(name));
    const own = Object.entries(next).map(([name, values]) => [prefix + name, values]);
    put(tab, Object.fromEntries([...others, ...own]));
  }
  /** @param {Record<number, string>} marks page → the mark after which it begins */
  function forApi(marks) {
    const mark = marks[page()];
    /** @type {zc.Query} */
    const place = mark ? { after: [mark] } : page() > 1 ? { page: [String(page())] } : {};
    return { ...conditions(), sort: [sort().join(",")], limit: [String(limit())], ...place };
  }
  /** What the category asks at first, where the address asks nothing of this list. */
  function begin() {
    const asked = category().filters.filter((filter) => filter.default !== null && filter.default !== undefined);
    if (!Object.keys(all()).length && asked.length) set(Object.fromEntries(asked.map(atFirst)));
  }
  const clear = () => set(Object.fromEntries(Object.keys(conditions()).map((name) => [name, null])));
  begin();
  return { all, conditions, page, limit, sort, set, forApi, clear };
}

/** @typedef {ReturnType<typeof createQuery>} TableQuery */

/** @param {zc.Filter} filter @returns {[string, string | string[]]} */
function atFirst(filter) {
  const { name, as, default: value } = filter;
  if (Array.isArray(value)) return [`${name}.in`, value.map(String)];
  return [as === "presets" ? `${name}.within` : name, String(value)];
}
