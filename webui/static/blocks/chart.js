/** A statistic as bars, lines, a pie or stacked bars. A click opens the records behind it; where it is linked, the first
 * click filters the page's other linked blocks, a second one opens. */
import { Drawing } from "../chart/drawing.js";
import { useLive, useOpened, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { drilled } from "../page/drill.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { useLinked } from "../page/linked.js";
const { defineComponent, h, watch } = Vue;

export default defineComponent({
  name: "BlockChart",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, opened, linked] = [useWords(), useLive(), useOpened(), useLinked()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const { state, ask } = useAsked(() => ({ path: `/api/v1/statistics/${block().statistic?.id}`, query: linked.asked(block()), watch: { kind: "statistic", id: block().statistic?.id ?? "" } }));
    /** What the page is asked for of this chart's own dimension. */
    const chosen = () => (block().linked ? linked.all()[block().by ?? ""]?.[0] : undefined);
    const go = (/** @type {any} */ value) => clicked(block(), value, { linked, opened, days: state.data?.definition.window });
    watch(() => state.data, (data) => data && linked.told(data.labels));
    return () => [
      head(block().title, [age(t, state.data?.as_of, live.state.connected)]),
      state.fault ? faultBox(t, state.fault, ask) : null,
      state.data && !state.data.rows.length ? h("div", { class: "empty" }, t("chart.none")) : null,
      h(Drawing, { block: block(), data: state.data, chosen: chosen(), clickable: Boolean(block().linked || block().opens), onPick: go }),
    ];
  },
});

/** What a click on a value does: ask the page for it, or open its records. @param {zc.Block} block @param {any} value
 * @param {{linked: import("../page/linked.js").Linked, opened: import("../page/link.js").Opened, days: any}} with_ */
function clicked(block, value, { linked, opened, days }) {
  const by = block.by ?? "";
  if (value === undefined || value === null || (block.linked && linked.choose({ [by]: value }))) return;
  const found = block.linked ? drilled(block.drill, linked.asked(block), { [by]: value }, block.measure?.name ?? "count", days) : opening(block, value);
  if (found) opened.open(found.page, found.query);
}

/** @param {zc.Block} block @param {any} value */
function opening({ opens }, value) {
  return opens && { page: opens.page, query: opens.by ? { ...opens.query, [opens.by]: [String(value)] } : opens.query };
}
