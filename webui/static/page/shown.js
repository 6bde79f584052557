/** How a value is shown: numbers with groups, codes as their tags, keys of other records as their titles. */
const { h } = Vue;

const groups = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 6 });

/** @param {any} value a number, or nothing @returns {string} */
export const grouped = (value) => (typeof value === "number" ? groups.format(value) : String(value ?? ""));

/** @param {import("../words.js").Words} t @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels @returns {string} */
export function shownText(t, column, value, labels) {
  if (value === null || value === undefined || value === "") return t("sign.none");
  if (Array.isArray(value)) return value.map((one) => shownText(t, column, one, labels)).join(t("sign.list"));
  if (typeof value === "boolean") return t(value ? "sign.positive" : "sign.negative");
  if (column.type === "time") return moment(value);
  return titled(column, value, labels) ?? (typeof value === "number" ? grouped(value) : String(value));
}

/** A moment as the site's clock shows it; the server sends it in the site's zone. @param {string} value such as 2026-11-01T08:30:00+08:00 */
export const moment = (value) => value.replace("T", " ").replace(/([+-]\d\d:\d\d|Z)$/, "");

/** The title of a code or a key, where it has one. @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels */
const titled = (column, value, labels) => column.dictionary?.[value]?.label || labels[column.name]?.[value];

/** @param {import("../words.js").Words} t @param {zc.Column} column @param {any} value @param {Record<string, Record<string, string>>} labels */
export function shownCell(t, column, value, labels) {
  const text = shownText(t, column, value, labels);
  const tag = Array.isArray(value) ? undefined : column.dictionary?.[value];
  if (tag) return h("span", { class: `tag tag-${tag.colour}` }, text);
  return text;
}

/** @param {import("../words.js").Words} t @param {zc.Column | zc.Filter} column its label, with the unit where it has one */
export const headed = (t, column) => (column.unit ? t("sign.unit", { label: column.label, unit: column.unit }) : column.label);
