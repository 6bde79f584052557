/** One opened page: rows of blocks, as the page's declaration says. A new snapshot changes the declaration under the
 * blocks; they stay mounted and keep what was typed into them. */
import { get } from "../door/api.js";
import { useLive, useWall, useWords } from "../injected.js";
import { Block } from "./block.js";
import { faultBox, faultText } from "./fault.js";
const { defineComponent, h, provide, ref, watch } = Vue;

const GRID = 24;
const HEIGHT = 4; // share of a wall's height where a block says nothing
const AGAIN_MS = 5000; // on a wall, where nobody stands to try again

export const Page = defineComponent({
  name: "ZcPage",
  props: { tab: { type: Object, required: true } },
  setup(props) {
    const [t, live, wall] = [useWords(), useLive(), useWall()];
    const tab = /** @type {zc.Tab} */ (props.tab);
    const spec = ref(/** @type {zc.PageSpec | null} */ (null));
    const fault = ref("");
    provide("tab", tab);

    let again = 0;
    Vue.onBeforeUnmount(() => clearTimeout(again));
    async function load() {
      clearTimeout(again);
      try {
        spec.value = await get(`/api/ui/pages/${encodeURIComponent(tab.page)}`);
        tab.title = spec.value?.title ?? tab.title;
        tab.layout = spec.value?.layout ?? "desk";
        wall?.turns.begin(spec.value?.rotate_s, spec.value?.next);
        fault.value = "";
      } catch (error) {
        fault.value = faultText(t, error);
        if (wall) again = setTimeout(load, AGAIN_MS);
      }
    }
    watch(() => live.state.snapshot, load);
    load();
    return () => {
      if (fault.value && !spec.value) return faultBox(t, fault.value, load);
      if (!spec.value) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      return h("div", { class: "page" }, [h("h1", { class: "reader-only" }, spec.value.title), fault.value ? faultBox(t, fault.value, load) : null, rows(spec.value.rows, "")]);
    };
  },
});

/** @param {zc.Block[][]} list @param {string} path where in the page, so that a block keeps its place */
export function rows(list, path) {
  return list.map((row, r) => {
    const given = row.reduce((sum, block) => sum + (block.width ?? 0), 0);
    const equal = Math.max(1, Math.floor((GRID - given) / row.filter((block) => !block.width).length));
    const cells = row.map((block, c) =>
      h("div", { class: "cell", key: `${path}${r}.${c}.${block.block}`, style: { "--share": String(block.width ?? equal) } }, [h(Block, { block, path: `${path}${r}.${c}` })]));
    const share = Math.max(...row.map((block) => block.height ?? HEIGHT));
    return h("div", { class: "row", key: `${path}${r}`, style: { "--height": String(share) } }, cells);
  });
}
