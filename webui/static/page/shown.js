/** How a value is shown: numbers with groups, codes as their tags, keys of other records as their titles. */
const { h } = Vue;

const NUMBERS = new Set(["integer", "number", "mass", "length", "speed"]);
const groups = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 6 });

/** @param {string} type */
export const isNumber = (type) => NUMBERS.has(type);

/** @param {any} value a number, or nothing @returns {string} */
export const grouped = (value) => (typeof value === "number" ? groups.format(value) : String(value ?? ""));

/** @param {import("../words.js").Words} t @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels @returns {string} */
export function shownText(t, column, value, labels) {
  if (value === null || value === undefined || value === "") return t("sign.none");
  if (Array.isArray(value)) return value.map((one) => shownText(t, column, one, labels)).join(t("sign.list"));
  if (typeof value === "boolean") return t(value ? "sign.positive" : "sign.negative");
  return titled(column, value, labels) ?? (isNumber(column.type) ? grouped(value) : String(value));
}

/** The title of a code or a key, where it has one. @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels */
const titled = (column, value, labels) => column.dictionary?.[value]?.label || labels[column.name]?.[value];

/** @param {import("../words.js").Words} t @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels */
export function shownCell(t, column, value, labels) {
  const text = shownText(t, column, value, labels);
  const tag = column.dictionary?.[value];
  if (tag) return h("span", { class: `tag tag-${tag.colour}` }, text);
  if (column.type === "plate" && text !== t("sign.none")) return h("span", { class: "plate" }, text);
  return text;
}

/** @param {import("../words.js").Words} t @param {zc.Column | zc.Filter} column its label, with the unit where it has one */
export const headed = (t, column) => (column.unit ? t("sign.unit", { label: column.label, unit: column.unit }) : column.label);
