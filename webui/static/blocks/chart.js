/** A statistic as bars, lines, a pie or stacked bars. A click opens the records behind it; where it is linked, the first
 * click filters the page's other linked blocks, a second one opens. */
import { load } from "../door/assets.js";
import { useLive, useOpened, useTheme, useWords } from "../injected.js";
import { drawn } from "../chart/drawn.js";
import { sized } from "../chart/sized.js";
import { useAsked } from "../page/asked.js";
import { drilled } from "../page/drill.js";
import { faultBox, faultText } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { useLinked } from "../page/linked.js";
import { grouped } from "../page/shown.js";
const { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } = Vue;

export default defineComponent({
  name: "BlockChart",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, theme, opened, linked] = [useWords(), useLive(), useTheme(), useOpened(), useLinked()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const [place, broken] = [ref(/** @type {HTMLElement | null} */ (null)), ref("")];
    const { state, ask } = useAsked(() => ({ path: `/api/v1/statistics/${block().statistic?.id}`, query: linked.asked(block()), watch: { kind: "statistic", id: block().statistic?.id ?? "" } }));
    /** @type {any} */
    let chart = null;
    const resized = new ResizeObserver(() => (chart?.resize(), show()));

    function show() {
      if (!chart || !state.data) return;
      const { option } = drawn(t, block(), state.data, getComputedStyle(document.documentElement), chart.getWidth(), chosen());
      chart.setOption(sized(option), true);
    }
    /** What the page is asked for of this chart's own dimension. */
    const chosen = () => (block().linked ? linked.all()[block().by ?? ""]?.[0] : undefined);

    const go = (/** @type {any} */ event) => clicked(block(), event.data?.key, { linked, opened, days: state.data?.definition.window });
    watch(() => state.data, (data) => data && linked.told(data.labels));
    onMounted(async () => {
      try {
        await load("echarts.js");
        chart = echarts.init(place.value, null, { renderer: "canvas" });
        chart.on("click", go);
        if (place.value) resized.observe(place.value);
        show();
      } catch (error) {
        broken.value = faultText(t, error);
      }
    });
    onBeforeUnmount(() => {
      resized.disconnect();
      chart?.dispose();
    });
    watch(() => [state.data, theme.state.dark, props.block, chosen()], () => Vue.nextTick(show));
    return () => [
      head(block().title, [age(t, state.data?.as_of, live.state.connected)]),
      state.fault || broken.value ? faultBox(t, state.fault || broken.value, ask) : null,
      state.data && !state.data.rows.length ? h("div", { class: "empty" }, t("chart.none")) : null,
      h("div", { ref: place, class: ["chart", { "chart-link": block().linked || block().opens }], role: "img", "aria-label": said() }),
    ];

    /** What the chart shows, for those who cannot see it. */
    function said() {
      if (!state.data) return t("page.loading");
      const { points } = drawn(t, block(), state.data, getComputedStyle(document.documentElement), 0);
      return t("chart.said", { title: block().title ?? "", list: points.map((point) => `${point.name} ${point.value === null ? t("sign.none") : grouped(point.value)}`).join(t("sign.list")) });
    }
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
