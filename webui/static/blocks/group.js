/** Rows of blocks in one place, one under another. */
import { rows } from "../page/page.js";
import { head } from "../page/frame.js";
const { defineComponent, h } = Vue;

export default defineComponent({
  name: "BlockGroup",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup: (props) => () => [head(props.block.title), h("div", { class: "group-rows" }, rows(props.block.rows, `${props.path}.`))],
});
