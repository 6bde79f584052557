/** What lies on the map: county outlines, their names, and one point for each record that has a place. */
import { moment, shownText } from "../page/shown.js";

const RADIUS = 7;
const NAME = { width: 44, height: 16 }; // at a desk, where text has 14 pixels
const USUAL = 14;
const AROUND = [[0, 0], [0, -1], [0, 1], [-0.77, 0], [0.77, 0], [-0.77, -0.88], [0.77, -0.88], [-0.77, 0.88], [0.77, 0.88]]; // tried in this order, in widths and heights of a name

/** @typedef {import("./datum.js").Shift} Shift */

/** @param {any} counties GeoJSON @param {CSSStyleDeclaration} style @param {Shift} shift */
export function outlines(counties, style, shift) {
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return L.geoJSON(counties, { interactive: false, coordsToLatLng: placed(shift), style: { color: colour("--map-line"), weight: 1.2, fillColor: colour("--map-land"), fillOpacity: 0.75 } });
}

/** How Leaflet is to read a coordinate of GeoJSON. @param {Shift} shift */
export const placed = (shift) => (/** @type {[number, number]} */ [longitude, latitude]) => L.latLng(shift(latitude, longitude));

/** The names that have room at this zoom: near the county's inner point, clear of points and of other names.
 * @param {any} map @param {any} counties @param {any[]} marks @param {Shift} shift @param {(code: string) => string} [figure] what stands below a name */
export function names(map, counties, marks, shift, figure = () => "") {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
  const taken = marks.map((mark) => box(map.latLngToLayerPoint(mark.getLatLng()), RADIUS * 2 + 4, RADIUS * 2 + 4));
  const shown = [];
  for (const { properties } of counties.features) {
    const at = map.latLngToLayerPoint(placed(shift)(properties.label));
    const told = figure(properties.code);
    const [width, height] = [NAME.width * scale, NAME.height * scale * (told ? 2 : 1)];
    const free = AROUND.map(([x, y]) => box({ x: at.x + x * width, y: at.y + y * height }, width, height)).find((one) => !taken.some((other) => meet(one, other)));
    if (!free) continue;
    taken.push(free);
    const icon = L.divIcon({ className: "county", html: escaped(properties.name) + (told ? `<b>${escaped(told)}</b>` : ""), iconSize: [width, height] });
    shown.push(L.marker(map.layerPointToLatLng([free.x, free.y]), { interactive: false, keyboard: false, icon }));
  }
  return shown;
}

/** @typedef {{x: number, y: number, width: number, height: number}} Box around its middle, in pixels */

/** @param {{x: number, y: number}} middle @param {number} width @param {number} height @returns {Box} */
const box = ({ x, y }, width, height) => ({ x, y, width, height });

/** @param {Box} a @param {Box} b */
const meet = (a, b) => Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;

/**
 * @param {import("../words.js").Words} t @param {zc.Block} block @param {zc.Category} category @param {zc.Found} found
 * @param {(id: number) => void} open @param {Shift} shift @param {Map<string, {silent: boolean, last: string | null}>} lives of those that are due
 */
export function points(t, block, category, found, open, shift, lives) {
  const key = category.entity.key[0];
  const column = category.columns.find((one) => one.name === block.colour);
  const label = category.columns.find((one) => one.name === block.label);
  return found.records.filter((record) => isPlace(record, block)).map((record) => {
    const tag = column?.dictionary?.[record[column.name]];
    const name = label ? shownText(t, label, record[label.name], found.labels) : String(record[block.label ?? "id"]);
    const life = lives.get(String(record[key]));
    const title = [name, tag?.label, lastOf(t, life)].filter(Boolean).join(" · ");
    const icon = L.divIcon({ className: `point ${markOf(life, tag)}`, html: "", iconSize: [RADIUS * 2, RADIUS * 2] });
    const at = shift(/** @type {number} */ (record[block.latitude ?? ""]), /** @type {number} */ (record[block.longitude ?? ""]));
    const marker = L.marker(at, { icon, title, alt: title, keyboard: true });
    return marker.bindTooltip(escaped(title)).on("click keypress", () => open(record.id));
  });
}

/** @param {import("../words.js").Words} t @param {{last: string | null} | undefined} life */
const lastOf = (t, life) => life && (life.last ? t("map.last", { at: moment(life.last) }) : t("map.never"));

/** @param {{silent: boolean} | undefined} life @param {zc.Tag | undefined} tag */
const markOf = (life, tag) => (life ? `life-dot ${life.silent ? "silent" : "alive"}` : `dot-${tag?.colour ?? "blue"}`);

/** @param {zc.Values} record @param {zc.Block} block */
const isPlace = (record, block) => typeof record[block.latitude ?? ""] === "number" && typeof record[block.longitude ?? ""] === "number";

/** Text for Leaflet, which takes HTML. @param {string} text */
function escaped(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element.outerHTML;
}
