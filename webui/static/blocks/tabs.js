/** Rows of blocks behind titles; those behind a title are mounted when it is first chosen. */
import { rows } from "../page/page.js";
import { head } from "../page/frame.js";
import { useWall } from "../injected.js";
const { defineComponent, h, onBeforeUnmount, ref } = Vue;

export default defineComponent({
  name: "BlockTabs",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup(props) {
    const active = ref("0");
    /** The next title on a wall; false from the last one back to the first. */
    function turn() {
      active.value = String((Number(active.value) + 1) % props.block.tabs.length);
      return active.value !== "0";
    }
    const leave = useWall()?.turns.take(turn) ?? (() => {});
    onBeforeUnmount(leave);
    return () => {
      const panes = props.block.tabs.map((/** @type {any} */ tab, /** @type {number} */ at) =>
        h(ElementPlus.ElTabPane, { key: at, label: tab.title, name: String(at), lazy: true }, () => rows(tab.rows, `${props.path}.${at}.`)),
      );
      return [head(props.block.title), h(ElementPlus.ElTabs, { modelValue: active.value, "onUpdate:modelValue": (/** @type {string} */ to) => (active.value = to) }, () => panes)];
    };
  },
});
