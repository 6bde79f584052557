/** An answer: a chart of its first measure by its first two dimensions, a table of all, what it means. */
import { Drawing } from "../chart/drawing.js";
import { grid } from "../desk/grid.js";
import { grouped } from "../page/shown.js";
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {any} data @param {string} shape @param {number} most */
export function answer(t, data, shape, most) {
  const [dimensions, measures] = ["dimension", "measure"].map((kind) => data.columns.filter((/** @type {any} */ one) => one.kind === kind));
  const columns = [
    ...dimensions.map((/** @type {any} */ one) => ({ label: one.label, cell: (/** @type {any} */ row) => (row.total ? "" : text(t, data, one.name, row[one.name])) })),
    ...measures.map((/** @type {any} */ one) => ({ label: one.unit ? `${one.label}(${one.unit})` : one.label, right: true, cell: (/** @type {any} */ row) => figure(t, row, one.name) })),
  ];
  if (dimensions.length) columns[0] = { ...columns[0], cell: (/** @type {any} */ row) => (row.total ? t("ad_hoc.total") : text(t, data, dimensions[0].name, row[dimensions[0].name])) };
  const rows = dimensions.length ? [...data.rows, { ...data.totals, total: true }] : data.rows;
  return [
    dimensions.length && data.rows.length ? h(Drawing, { block: blockOf(t, data, dimensions, measures, shape), data }) : null,
    grid(t("ad_hoc.title"), columns, data.rows.length ? rows.map((/** @type {any} */ row, /** @type {number} */ at) => ({ ...row, at })) : [], { key: (row) => row.at, none: t("ad_hoc.none") }),
    data.rows.length === most ? h("p", { class: "hint" }, t("ad_hoc.first", { n: most })) : null,
    h("ul", { class: "lines" }, data.definition.text.map((/** @type {string} */ line) => h("li", { key: line }, line))),
    h("details", [h("summary", t("ad_hoc.declared")), h("pre", { tabindex: 0 }, data.declared)]),
  ];
}

/** What the chart draws. @param {import("../words.js").Words} t @param {any} data @param {any[]} dimensions @param {any[]} measures @param {string} shape */
function blockOf(t, data, dimensions, measures, shape) {
  const [by, series] = dimensions.map((one) => one.name);
  const described = Object.fromEntries(data.dimensions.map((/** @type {any} */ one) => [one.name, one]));
  return { block: "chart", title: t("ad_hoc.title"), by, series: shape === "pie" ? undefined : series, measure: measures[0], shape, dimensions: described };
}

/** @param {import("../words.js").Words} t @param {any} data @param {string} name @param {any} value */
function text(t, data, name, value) {
  if (value === null) return t("sign.none");
  const dictionary = data.dimensions.find((/** @type {any} */ one) => one.name === name)?.dictionary ?? {};
  return dictionary[value]?.label ?? data.labels[name]?.[value] ?? String(value);
}

/** A figure, or why there is none. @param {import("../words.js").Words} t @param {any} row @param {string} name */
function figure(t, row, name) {
  return row[name] === null ? h("span", { title: row.why?.[name] }, t("sign.none")) : grouped(row[name]);
}
