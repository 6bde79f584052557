/** One opened page: rows of blocks, as the page's declaration says. A new snapshot changes the declaration under the
 * blocks; they stay mounted and keep what was typed into them. */
import { get } from "../door/api.js";
import { useLive, useOpened, useWords } from "../injected.js";
import { Block } from "./block.js";
import { Chips } from "./chips.js";
import { faultBox, faultText } from "./fault.js";
import { blocksOf, createLinked, provideLinked } from "./linked.js";
const { defineComponent, h, provide, ref, watch } = Vue;

const GRID = 24;

export const Page = defineComponent({
  name: "ZcPage",
  props: { tab: { type: Object, required: true } },
  setup(props) {
    const [t, live] = [useWords(), useLive()];
    const tab = /** @type {zc.Tab} */ (props.tab);
    const spec = ref(/** @type {zc.PageSpec | null} */ (null));
    const fault = ref("");
    provide("tab", tab);
    provideLinked(createLinked(tab, useOpened()));
    const chips = (/** @type {zc.Block[]} */ blocks) => (blocks.some((block) => block.linked) ? h(Chips, { blocks }) : null);

    async function load() {
      try {
        spec.value = await get(`/api/ui/pages/${encodeURIComponent(tab.page)}`);
        tab.title = spec.value?.title ?? tab.title;
        fault.value = "";
      } catch (error) {
        fault.value = faultText(t, error);
      }
    }
    watch(() => live.state.snapshot, load);
    load();
    return () => {
      if (fault.value && !spec.value) return faultBox(t, fault.value, load);
      if (!spec.value) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      return h("div", { class: "page" }, [h("h1", { class: "reader-only" }, spec.value.title), fault.value ? faultBox(t, fault.value, load) : null, chips(blocksOf(spec.value.rows)), rows(spec.value.rows, "")]);
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
    return h("div", { class: "row", key: `${path}${r}` }, cells);
  });
}
