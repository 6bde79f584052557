/** Rows of blocks behind titles; those behind a title are mounted when it is first chosen. */
import { rows } from "../page/page.js";
import { head } from "../page/frame.js";
const { defineComponent, h, ref } = Vue;

export default defineComponent({
  name: "BlockTabs",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup(props) {
    const active = ref("0");
    return () => {
      const panes = props.block.tabs.map((/** @type {any} */ tab, /** @type {number} */ at) =>
        h(ElementPlus.ElTabPane, { key: at, label: tab.title, name: String(at), lazy: true }, () => rows(tab.rows, `${props.path}.${at}.`)),
      );
      return [head(props.block.title), h(ElementPlus.ElTabs, { modelValue: active.value, "onUpdate:modelValue": (/** @type {string} */ to) => (active.value = to) }, () => panes)];
    };
  },
});
