/** Text that the server made from Markdown, raw HTML off. */
import { head } from "../page/frame.js";
const { defineComponent, h } = Vue;

export default defineComponent({
  name: "BlockText",
  props: { block: { type: Object, required: true }, path: String },
  setup: (props) => () => [head(props.block.title), h("div", { class: "prose", innerHTML: props.block.html })],
});
