/** Counties in the colours of a measure: classes with round bounds, each with its shade and its number in words; what
 * has no figure is hatched, so that it is not taken for little. */
import { grouped } from "../page/shown.js";
import { placed } from "./layers.js";
const { h } = Vue;

const CLASSES = 5;
const HATCH = "map-no-data";
const ROUND = [1, 2, 2.5, 5, 10];

/** @typedef {{code: string, name: string, value: number | null, at: number}} County at: the class, -1 for none */
/** @typedef {{counties: Map<string, County>, bounds: number[], elsewhere: number | null}} Measured bounds: of each class from, and of the last up to */

/** @param {zc.Block} block @param {any} data the answer @param {any} outlines GeoJSON @returns {Measured} */
export function measured(block, data, outlines) {
  const [by, name] = [block.by ?? "", block.measure?.name ?? "count"];
  /** @type {Map<string, number>} */
  const values = new Map(data.rows.map((/** @type {any} */ row) => [String(row[by]), row[name]]));
  const codes = outlines.features.map((/** @type {any} */ one) => one.properties.code);
  const known = codes.map((/** @type {string} */ code) => values.get(code)).filter((/** @type {any} */ one) => typeof one === "number");
  const step = rounded(Math.max(...known, 0) / CLASSES, block.measure?.unit === "%");
  const bounds = known.length ? Array.from({ length: CLASSES + 1 }, (_, at) => Number((at * step).toPrecision(12))) : [];
  const made = outlines.features.map((/** @type {any} */ { properties: { code, name: title } }) => {
    const value = values.get(code) ?? null;
    return [code, { code, name: title, value, at: value === null ? -1 : Math.min(CLASSES - 1, Math.floor(value / step)) }];
  });
  const others = [...values].filter(([code, value]) => !codes.includes(code) && value);
  return { counties: new Map(made), bounds, elsewhere: block.measure?.adds && others.length ? others.reduce((sum, [, value]) => sum + value, 0) : null };
}

/** The next round step; of counts a whole one. @param {number} least @param {boolean} isRatio */
function rounded(least, isRatio) {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * (ROUND.find((one) => one * power >= least) ?? 10);
  return isRatio ? step : Math.max(1, Math.ceil(step));
}

/** @param {any} outlines GeoJSON @param {Measured} found @param {CSSStyleDeclaration} style @param {import("./datum.js").Shift} shift @param {((code: string) => void) | null} open */
export function coloured(outlines, found, style, shift, open) {
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const fill = (/** @type {any} */ feature) => {
    const at = found.counties.get(feature.properties.code)?.at ?? -1;
    return at < 0 ? `url(#${HATCH})` : colour(`--ramp-${at + 1}`);
  };
  return L.geoJSON(outlines, {
    interactive: Boolean(open),
    coordsToLatLng: placed(shift),
    style: (/** @type {any} */ feature) => ({ color: colour("--map-line"), weight: 1.2, fillColor: fill(feature), fillOpacity: 1 }),
    onEachFeature: (/** @type {any} */ feature, /** @type {any} */ layer) => open && layer.on("click", () => open(feature.properties.code)),
  });
}

/** The hatching of counties without a figure, which outlines and legend name. */
export const hatching = () =>
  h("svg", { class: "hatching", width: 0, height: 0, "aria-hidden": "true" }, [
    h("defs", [h("pattern", { id: HATCH, width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, [
      h("rect", { width: 8, height: 8, class: "hatch-ground" }), h("rect", { width: 2, height: 8, class: "hatch-line" }),
    ])]),
  ]);

/** What the shades mean. @param {import("../words.js").Words} t @param {zc.Block} block @param {Measured} found */
export function shades(t, block, found) {
  const all = [...found.counties.values()];
  const number = (/** @type {number} */ at) => all.filter((one) => one.at === at).length;
  const line = (/** @type {number} */ at, /** @type {any} */ mark, /** @type {string} */ text) => h("li", { key: at }, [mark, h("span", text), h("span", { class: "hint" }, t("map.number", { n: number(at) }))]);
  const range = (/** @type {number} */ at) => (at === CLASSES - 1 ? t("map.from", { from: grouped(found.bounds[at]) }) : t("map.range", { from: grouped(found.bounds[at]), to: grouped(found.bounds[at + 1]) }));
  const classes = found.bounds.slice(0, -1).map((_, at) => line(at, h("span", { class: "shade", style: { background: `var(--ramp-${at + 1})` } }), range(at))).reverse();
  const none = number(-1) ? [line(-1, h("span", { class: "shade shade-none" }), t("map.no_data"))] : [];
  return h("div", { class: "shades" }, [h("strong", block.measure?.unit ? t("sign.unit", { label: block.measure.label, unit: block.measure.unit }) : block.measure?.label), h("ul", [...classes, ...none]),
    found.elsewhere ? h("p", { class: "hint" }, t("map.elsewhere", { n: grouped(found.elsewhere) })) : null]);
}

/** When each point's last record came, as the answer says of those that are due: {key: is it silent}.
 * @param {zc.Block} block @param {any} data @returns {Map<string, {silent: boolean, last: string | null}>} */
export function lives(block, data) {
  const now = Date.parse(data?.as_of ?? "");
  const since = (/** @type {string | null} */ at) => (at ? (now - Date.parse(at)) / 60_000 : Infinity);
  return new Map((data?.completeness?.stations ?? []).map((/** @type {any} */ one) => [one.station, { silent: since(one.last_received) > (block.silent_minutes ?? 60), last: one.last_received }]));
}

/** How many points have data and how many are silent. @param {import("../words.js").Words} t @param {zc.Block} block @param {Map<string, {silent: boolean}>} found */
export function lifeLegend(t, block, found) {
  if (!found.size) return null;
  const silent = [...found.values()].filter((one) => one.silent).length;
  const line = (/** @type {string} */ kind, /** @type {string} */ text, /** @type {number} */ n) => h("li", { key: kind }, [h("span", { class: `life-dot ${kind}` }), h("span", text), h("span", { class: "hint" }, String(n))]);
  const minutes = block.silent_minutes ?? 60;
  return h("ul", { class: "life-legend" }, [line("alive", t("map.alive", { n: minutes }), found.size - silent), line("silent", t("map.silent", { n: minutes }), silent)]);
}
