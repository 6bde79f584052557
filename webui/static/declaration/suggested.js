/** What may be written where the cursor stands, from the JSON Schema of the kind. YAML is read by its indentation and
 * brackets up to the cursor: enough to know the keys around, also of a text that is not sound yet. */

/**
 * @typedef {{text: string, label: string, help: string}} Suggestion
 * @typedef {{path: string[], key: string | null, typed: string, column: number}} Spot path of keys, [] for an item of a list; key: whose value
 * @typedef {Record<string, any>} Schema
 */

const ITEM = "[]";
const ENTRY = /^(\s*)((?:- +)*)([^\s#:'"{[][^:]*):(\s|$)/;

/** @param {string[]} lines @param {number} row @param {number} column @param {Schema} schema @param {Record<string, string[]>} ids @returns {{typed: string, list: Suggestion[]}} */
export function suggested(lines, row, column, schema, ids) {
  const spot = spotAt(lines, row, column);
  const around = spot.path.reduce((part, step) => inside(part, step), schema);
  const list = spot.key === null ? [...keys(around, lines, row, spot.column), ...values(around, ids)] : values(inside(around, spot.key), ids);
  const typed = spot.typed.toLowerCase();
  const begins = (/** @type {Suggestion} */ one) => Number(one.label.toLowerCase().startsWith(typed));
  const found = list.filter((one) => one.label.toLowerCase().includes(typed) || one.help.toLowerCase().includes(typed));
  found.sort((one, other) => begins(other) - begins(one));
  return { typed: spot.typed, list: [...new Map(found.map((one) => [one.text, one])).values()] };
}

/** @param {string[]} lines @param {number} row @param {number} column @returns {Spot} */
export function spotAt(lines, row, column) {
  const [, indent, dashes, rest] = /** @type {RegExpExecArray} */ (/^(\s*)((?:- +)*)(.*)$/.exec(lines[row].slice(0, column)));
  const own = indent.length + dashes.length;
  const items = Array(dashes.trim() ? dashes.trim().split(/ +/).length : 0).fill(ITEM);
  const { stack, key, token } = scanned(rest);
  const flow = stack.flatMap((level) => [...(level.key === null ? [] : [level.key]), ...(level.opener === "[" ? [ITEM] : [])]);
  return { path: [...parents(lines, row, items.length ? indent.length + 1 : own), ...items, ...flow], key, typed: token.trimStart(), column: stack.length ? -1 : own };
}

/** The keys above a row whose own key begins at a column. @param {string[]} lines @param {number} row @param {number} bound */
function parents(lines, row, bound) {
  /** @type {string[]} */
  const path = [];
  for (let r = row - 1; r >= 0 && bound > 0; r--) {
    const found = ENTRY.exec(lines[r]);
    if (!found) continue;
    const [, indent, dashes, key] = found;
    const at = indent.length + dashes.length;
    if (at > bound || (at === bound && !dashes)) continue;
    if (at < bound) path.unshift(key.trim());
    bound = at;
    if (!dashes) continue;
    path.unshift(...dashes.trim().split(/ +/).map(() => ITEM));
    bound = indent.length + 1;
  }
  return path;
}

/** @typedef {{stack: {opener: string, key: string | null}[], key: string | null, token: string}} Scan */

const PARTS = /"[^"]*"?|'[^']*'?|[{}[\],:]|[^{}[\],:"']+/g;
const next = (/** @type {Scan} */ scan) => void Object.assign(scan, { key: null, token: "" });
const opens = (/** @type {Scan} */ scan, /** @type {string} */ opener) => (scan.stack.push({ opener, key: scan.key }), next(scan));
const closes = (/** @type {Scan} */ scan) => (scan.stack.pop(), next(scan));
const word = (/** @type {Scan} */ scan, /** @type {string} */ part) => void (scan.token += part);
/** @type {Map<string, (scan: Scan, part: string) => void>} */
const SIGNS = new Map([
  ["{", opens], ["[", opens], ["}", closes], ["]", closes],
  [",", (scan, part) => (scan.stack.length ? next(scan) : word(scan, part))],
  [":", (scan, part) => (scan.key === null ? void Object.assign(scan, { key: scan.token.trim(), token: "" }) : word(scan, part))],
]);

/** Brackets that are open at the end of a piece of a line, the key before each, and the last word. @param {string} rest */
function scanned(rest) {
  /** @type {Scan} */
  const scan = { stack: [], key: null, token: "" };
  for (const part of rest.match(PARTS) ?? []) (SIGNS.get(part) ?? word)(scan, part);
  return scan;
}

/** The schema one step further in. @param {Schema} schema @param {string} step @returns {Schema} */
function inside(schema, step) {
  if (step === ITEM) return schema.items ?? {};
  const branch = (schema.allOf ?? []).map((/** @type {any} */ one) => one.then?.properties?.[step]).find(Boolean);
  const more = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  return schema.properties?.[step] ?? branch ?? more;
}

/** @param {Schema} schema @param {string[]} lines @param {number} row @param {number} column @returns {Suggestion[]} */
function keys(schema, lines, row, column) {
  const near = column < 0 ? lines[row] : siblings(lines, row, column).join("\n");
  const properties = { ...schema.properties, ...branched(schema, near) };
  const used = (/** @type {string} */ name) => new RegExp(`(^|[\\s{,])${name}:`, "m").test(near);
  return Object.entries(properties)
    .filter(([name]) => !used(name))
    .map(([name, one]) => ({ text: `${name}: `, label: name, help: [one.title, one.description].filter(Boolean).join(" · ") }));
}

/** What the key that decides adds; all that any branch has where it is not said. @param {Schema} schema @param {string} near */
function branched(schema, near) {
  const branches = (schema.allOf ?? []).filter((/** @type {any} */ one) => {
    const [name, { const: wanted }] = /** @type {[string, any]} */ (Object.entries(one.if?.properties ?? { "": {} })[0]);
    const said = new RegExp(`(^|[\\s{,])${name}:\\s*([\\w.]+)`, "m").exec(near);
    return !said || said[2] === wanted;
  });
  return Object.assign({}, ...branches.map((/** @type {any} */ one) => one.then?.properties ?? {}));
}

/** The rows of the mapping that a row is in. @param {string[]} lines @param {number} row @param {number} column */
function siblings(lines, row, column) {
  const starts = (/** @type {number} */ r) => (/^\s*(?:- +)*/.exec(lines[r]) ?? [""])[0].length;
  const isOut = (/** @type {number} */ r) => lines[r].trim() !== "" && starts(r) < column;
  let [first, last] = [row, row];
  while (first > 0 && !lines[first].includes("- ") && !isOut(first - 1)) first--;
  while (last + 1 < lines.length && !isOut(last + 1) && !/^\s*- /.test(lines[last + 1])) last++;
  return lines.slice(first, last + 1).filter((_, r) => r + first !== row && starts(r + first) === column);
}

/** @param {Schema} schema @param {Record<string, string[]>} ids @returns {Suggestion[]} */
function values(schema, ids) {
  const closed = [...(schema.enum ?? []), ...(ids[schema["x-kind"]] ?? []), ...([schema.type].flat().includes("boolean") ? ["true", "false"] : [])];
  const examples = (schema.examples ?? []).filter((/** @type {any} */ one) => typeof one !== "object");
  return (closed.length ? closed : examples).map((/** @type {any} */ one) => ({ text: String(one), label: String(one), help: "" }));
}
