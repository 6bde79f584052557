/** What lies on the map: county outlines with their names, and one point for each record that has a place. */
import { shownText } from "../page/shown.js";

const RADIUS = 7;

/** @param {any} counties GeoJSON whose properties have name and label, a point inside @param {CSSStyleDeclaration} style */
export function outlines(counties, style) {
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const areas = L.geoJSON(counties, { interactive: false, style: { color: colour("--map-line"), weight: 1.2, fillColor: colour("--map-land"), fillOpacity: 0.75 } });
  const names = counties.features.map((/** @type {any} */ one) => {
    const [longitude, latitude] = one.properties.label;
    return L.marker([latitude, longitude], { interactive: false, keyboard: false, icon: L.divIcon({ className: "county", html: escaped(one.properties.name), iconSize: [72, 16] }) });
  });
  return [areas, ...names];
}

/**
 * @param {import("../words.js").Words} t @param {zc.Block} block @param {zc.Category} category @param {zc.Found} found
 * @param {(id: number) => void} open
 */
export function points(t, block, category, found, open) {
  const column = category.columns.find((one) => one.name === block.colour);
  const label = category.columns.find((one) => one.name === block.label);
  const placed = found.records.filter((record) => isPlace(record, block));
  return placed.map((record) => {
    const tag = column?.dictionary?.[record[column.name]];
    const name = label ? shownText(t, label, record[label.name], found.labels) : String(record[block.label ?? "id"]);
    const title = tag ? `${name} · ${tag.label}` : name;
    const icon = L.divIcon({ className: `point dot-${tag?.colour ?? "blue"}`, html: "", iconSize: [RADIUS * 2, RADIUS * 2] });
    const marker = L.marker([record[block.latitude ?? ""], record[block.longitude ?? ""]], { icon, title, alt: title, keyboard: true });
    return marker.bindTooltip(escaped(title)).on("click keypress", () => open(record.id));
  });
}

/** @param {zc.Values} record @param {zc.Block} block */
const isPlace = (record, block) => typeof record[block.latitude ?? ""] === "number" && typeof record[block.longitude ?? ""] === "number";

/** Text for Leaflet, which takes HTML. @param {string} text */
function escaped(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element.outerHTML;
}
