/** A statistic as bars, lines, a pie or stacked bars; a click opens the records behind it. */
import { load } from "../door/assets.js";
import { useLive, useOpened, useTheme, useWords } from "../injected.js";
import { drawn } from "../chart/drawn.js";
import { sized } from "../chart/sized.js";
import { useAsked } from "../page/asked.js";
import { faultBox, faultText } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { grouped } from "../page/shown.js";
const { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } = Vue;

export default defineComponent({
  name: "BlockChart",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, theme, opened] = [useWords(), useLive(), useTheme(), useOpened()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const [place, broken] = [ref(/** @type {HTMLElement | null} */ (null)), ref("")];
    const { state, ask } = useAsked(() => ({ path: `/api/v1/statistics/${block().statistic?.id}`, query: block().query ?? {}, watch: { kind: "statistic", id: block().statistic?.id ?? "" } }));
    /** @type {any} */
    let chart = null;
    const resized = new ResizeObserver(() => (chart?.resize(), show()));

    function show() {
      if (!chart || !state.data) return;
      const { option } = drawn(t, block(), state.data, getComputedStyle(document.documentElement), chart.getWidth());
      chart.setOption(sized(option), true);
    }
    function go(/** @type {any} */ event) {
      const { opens } = block();
      const value = event.data?.key;
      if (!opens || value === undefined || value === null) return;
      opened.open(opens.page, opens.by ? { ...opens.query, [opens.by]: [String(value)] } : opens.query);
    }
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
    watch(() => [state.data, theme.state.dark, props.block], () => Vue.nextTick(show));
    return () => [
      head(block().title, [age(t, state.data?.as_of, live.state.connected)]),
      state.fault || broken.value ? faultBox(t, state.fault || broken.value, ask) : null,
      state.data && !state.data.rows.length ? h("div", { class: "empty" }, t("chart.none")) : null,
      h("div", { ref: place, class: ["chart", { "chart-link": block().opens }], role: "img", "aria-label": said() }),
    ];

    /** What the chart shows, for those who cannot see it. */
    function said() {
      if (!state.data) return t("page.loading");
      const { points } = drawn(t, block(), state.data, getComputedStyle(document.documentElement), 0);
      return t("chart.said", { title: block().title ?? "", list: points.map((point) => `${point.name} ${point.value === null ? t("sign.none") : grouped(point.value)}`).join(t("sign.list")) });
    }
  },
});
