/** Text that the server made from Markdown, raw HTML off. */
import { head } from "../page/frame.js";
import { useMe } from "../injected.js";
const { defineComponent, h } = Vue;

export default defineComponent({
  name: "BlockText",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const me = useMe();
    const isShown = () => props.block.when !== "empty" || me.first_steps;
    return () => (isShown() ? [head(props.block.title), h("div", { class: "prose", innerHTML: props.block.html })] : null);
  },
});
