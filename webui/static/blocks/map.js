/** Records with a place on a map: county outlines, points in the colours of a dictionary, a legend. With a statistic the
 * counties have the shades of its measure, and points tell whether records still come from there. Tiles of another
 * host are asked for only where the site says so. Coordinates are CGCS2000, equal to WGS-84 here; on tiles of another
 * datum all that is drawn is shifted. */
import { get } from "../door/api.js";
import { address, load } from "../door/assets.js";
import { useLive, useMe, useTheme, useWall, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox, faultText } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { shiftOf } from "../map/datum.js";
import { names, outlines, placed, points } from "../map/layers.js";
import { useFigures } from "../map/figures.js";
import { hatching } from "../map/measured.js";
import { Drawer } from "../table/drawer.js";
const { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } = Vue;

const MOST = "1000";
/** On a wall nobody moves it, and it fills what room there is. */
const STILL = { zoomSnap: 0, zoomControl: false, dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false, touchZoom: false, zoomAnimation: false };

/** @param {zc.Block} block */
const titleOf = (block) => block.title || block.category?.title;

export default defineComponent({
  name: "BlockMap",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, me, theme, wall] = [useWords(), useLive(), useMe(), useTheme(), useWall()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const category = () => /** @type {zc.Category} */ (block().category);
    const [place, broken, record] = [ref(/** @type {HTMLElement | null} */ (null)), ref(""), ref(/** @type {number | null} */ (null))];
    const { state, ask } = useAsked(() => ({ path: `/api/v1/categories/${category().id}`, query: { limit: [MOST] }, watch: { kind: "category", id: category().id } }));
    const counties = Vue.shallowRef(/** @type {any} */ (null));
    const figures = useFigures(block, counties);
    /** @type {any} */
    let map = null;
    /** @type {any[]} */
    let layers = [];
    const shift = shiftOf(me.site.map?.datum);
    const resized = new ResizeObserver(() => (map?.invalidateSize(), wall && fit()));
    const fit = () => map?.fitBounds(L.geoJSON(counties.value, { coordsToLatLng: placed(shift) }).getBounds(), { padding: [8, 8], animate: false });

    function show() {
      if (!map) return;
      const style = getComputedStyle(document.documentElement);
      const marks = state.data ? points(t, block(), category(), state.data, (/** @type {number} */ id) => (record.value = id), shift, figures.life.value) : [];
      for (const layer of layers) layer.remove();
      const land = figures.land(style, shift) ?? outlines(counties.value, style, shift);
      layers = [land, ...marks, ...names(map, counties.value, marks, shift, figures.figure)];
      for (const layer of layers) layer.addTo(map);
    }
    async function open() {
      await Promise.all([load("leaflet.js"), load("leaflet.css")]);
      counties.value = await get(address("counties.json"));
      if (!place.value) return;
      map = L.map(place.value, { zoomSnap: 0.25, attributionControl: false, ...(wall ? STILL : {}) });
      const { tiles, attribution } = me.site.map ?? {};
      if (tiles) L.tileLayer(tiles, { attribution }).addTo(map);
      fit();
      L.control.scale({ imperial: false }).addTo(map);
      map.on("zoomend", show);
      resized.observe(place.value);
      show();
    }
    onMounted(() => open().catch((error) => (broken.value = faultText(t, error))));
    onBeforeUnmount(() => {
      resized.disconnect();
      map?.remove();
    });
    watch(() => [state.data, figures.state.data, theme.state.dark], () => Vue.nextTick(show));
    const fault = () => state.fault || figures.state.fault || broken.value;
    return () => [
      head(titleOf(block()), [age(t, state.data?.as_of, live.state.connected)]),
      fault() ? faultBox(t, fault(), () => (ask(), figures.ask())) : null,
      h("div", { class: "map-holder" }, [hatching(), h("div", { ref: place, class: "map", role: "region", "aria-label": titleOf(block()) }), block().statistic ? figures.legend() : legend(category(), block().colour, state.data?.records ?? [])]),
      h("p", { class: "map-source" }, [t("map.source"), review(t, me.site.map?.review)]),
      record.value === null ? null : h(Drawer, { category: category(), form: block().form, record: record.value, onClose: () => (record.value = null), onChanged: ask }),
    ];
  },
});

/** @param {import("../words.js").Words} t @param {string | undefined} number the map's, which the law wants printed */
const review = (t, number) => (number ? t("map.review", { number }) : t("map.no_review"));

/** What the colours mean, and how many of each there are. @param {zc.Category} category @param {string | undefined} colour @param {zc.Values[]} records */
function legend(category, colour, records) {
  const column = category.columns.find((one) => one.name === colour);
  if (!column) return null;
  const count = (/** @type {string} */ key) => records.filter((one) => one[column.name] === key).length;
  const used = Object.entries(column.dictionary ?? {}).filter(([key]) => count(key));
  const lines = used.map(([key, tag]) => h("li", { key }, [h("span", { class: `dot dot-${tag.colour}` }), tag.label, h("span", { class: "hint" }, String(count(key)))]));
  return lines.length ? h("div", { class: "legend" }, [h("strong", column.label), h("ul", lines)]) : null;
}
