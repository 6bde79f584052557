/** Rows of a statistic → what ECharts draws. Colours are those of the dictionary where it has some, else the theme's. */
import { axes } from "./axes.js";
import { legendOf } from "./fitting.js";
import { isSeveral, several } from "./several.js";

/** @typedef {{name: string, key: string, value: number | null, colour?: string, pale: boolean}} Point */

/**
 * @param {import("../words.js").Words} t @param {zc.Block} block
 * @param {{rows: any[], steps: Record<string, any[]>, labels: Record<string, Record<string, string>>}} data @param {CSSStyleDeclaration} style
 * @param {number} width of the drawing, pixels @param {string} [chosen] the value that the page is asked for, the others pale
 */
export function drawn(t, block, data, style, width, chosen) {
  const by = block.by ?? "";
  const named = (/** @type {string} */ field, /** @type {any} */ key) => dictionaryOf(block, field)[key]?.label ?? data.labels?.[field]?.[key] ?? String(key ?? t("sign.none"));
  const steps = stepsOf(block, data.steps);
  const rows = withSteps(block, steps, block.order || block.shape === "pareto" ? data.rows : inOrder(block, block.top ? data.rows.slice(0, block.top) : data.rows));
  const points = rows.map((row) => ({ name: named(by, row[by]), key: row[by], value: valueOf(block.measure, row), colour: colourOf(block, by, row[by], style), pale: chosen !== undefined && chosen !== String(row[by]) }));
  const base = { textStyle: { fontFamily: style.getPropertyValue("--font") }, color: palette(style), animationDuration: 300, aria: { enabled: false } };
  if (block.shape === "pie") return { points, option: { ...base, ...pie(points, style, width) } };
  const series = block.series ? stacked(block, rows, named, style, steps) : isSeveral(block) ? several(t, block, rows, data, valueOf) : [{ name: block.measure?.label, data: points.map(item) }];
  const categories = block.series ? places(by, rows, steps).map((key) => named(by, key)) : points.map((point) => point.name);
  return { points, option: { ...base, ...axes(block, categories, series, style, width) } };
}

/** @param {zc.Block} block @param {string | undefined} field @returns {Record<string, zc.Tag>} */
function dictionaryOf(block, field) {
  return Object.values(block.dimensions ?? {}).find((one) => one.name === field)?.dictionary ?? {};
}

/** Every day or hour of the window, where the axis is one of time. @param {zc.Block} block @param {Record<string, any[]>} steps */
const stepsOf = (block, steps) => (block.top || block.shape === "pie" ? undefined : steps[block.by ?? ""]);

/** A row for each step, for counts and sums alike: no records are none. Series fill their own.
 * @param {zc.Block} block @param {any[] | undefined} steps @param {any[]} rows */
function withSteps(block, steps, rows) {
  const by = block.by ?? "";
  return steps && !block.series ? steps.map((step) => rows.find((row) => row[by] === step) ?? { [by]: step }) : rows;
}

/** What is drawn of a row, or where there is none: no records are none, but they have neither rate nor mean. What has no measure is counted.
 * @param {zc.Measure | undefined} measure @param {any} row @returns {number | null} */
function valueOf(measure, row) {
  const value = row?.[measure?.name ?? "count"];
  return value === undefined ? (measure ? measure.of_none : 0) : value;
}

/** Where along the axis something stands. @param {string} by @param {any[]} rows @param {any[] | undefined} steps */
const places = (by, rows, steps) => steps ?? [...new Set(rows.map((row) => row[by]))];

/** Codes in the order of their dictionary. @param {zc.Block} block @param {any[]} rows */
function inOrder(block, rows) {
  return [block.series, block.by].reduce((sorted, field) => {
    const codes = Object.keys(dictionaryOf(block, field));
    return codes.length ? [...sorted].sort((a, b) => codes.indexOf(a[field ?? ""]) - codes.indexOf(b[field ?? ""])) : sorted;
  }, rows);
}

/** @param {Point} point */
const item = (point) => ({ value: point.value, key: point.key, itemStyle: { ...(point.colour ? { color: point.colour } : {}), opacity: point.pale ? 0.35 : 1 } });

/** @param {CSSStyleDeclaration} style */
const palette = (style) => [1, 2, 3, 4, 5, 6].map((n) => style.getPropertyValue(`--chart-${n}`).trim());

/** The colour of a code; the second code of a dictionary with the same colour gets its other shade. A dictionary without
 * a colour but grey has none, and what is drawn of it is in the theme's.
 * @param {zc.Block} block @param {string} field @param {any} key @param {CSSStyleDeclaration} style */
function colourOf(block, field, key, style) {
  const dictionary = dictionaryOf(block, field);
  if (!dictionary[key] || Object.values(dictionary).every(({ colour }) => colour === "grey")) return undefined;
  const same = Object.keys(dictionary).filter((code) => dictionary[code].colour === dictionary[key].colour);
  return style.getPropertyValue(`--mark-${dictionary[key].colour}${same.indexOf(key) % 2 ? "-2" : ""}`).trim();
}

/** @param {Point[]} points @param {CSSStyleDeclaration} style @param {number} width */
function pie(points, style, width) {
  const ink = style.getPropertyValue("--ink").trim();
  const { legend, height } = legendOf(points.map((point) => point.name), width, ink);
  return {
    tooltip: { trigger: "item" },
    legend,
    series: [{ type: "pie", radius: ["46%", "74%"], top: 0, bottom: height, itemStyle: { borderColor: style.getPropertyValue("--card").trim(), borderWidth: 2 }, label: { color: ink, formatter: (/** @type {{percent: number}} */ { percent }) => `${percent.toFixed(1)}%` }, labelLine: { length: 8, length2: 6 }, data: points.map((point) => ({ ...item(point), name: point.name })) }],
  };
}

/**
 * @param {zc.Block} block @param {any[]} rows
 * @param {(field: string, key: any) => string} named @param {CSSStyleDeclaration} style
 * @param {any[] | undefined} steps every place of a time axis
 */
function stacked(block, rows, named, style, steps) {
  const [by, second] = [block.by ?? "", block.series ?? ""];
  const along = places(by, rows, steps);
  return [...new Set(rows.map((row) => row[second]))].map((key) => ({
    name: named(second, key),
    stack: block.shape === "stack" ? "all" : undefined,
    itemStyle: { color: colourOf(block, second, key, style) },
    data: along.map((place) => ({ key: place, value: valueOf(block.measure, rows.find((row) => row[by] === place && row[second] === key)) })),
  }));
}
