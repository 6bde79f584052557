/** The rows of an answer as a chart: bars, lines, a pie or stacked bars. A click tells the value that was clicked. */
import { load } from "../door/assets.js";
import { useTheme, useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { grouped } from "../page/shown.js";
import { drawn } from "./drawn.js";
import { scaleOf, sized } from "./sized.js";
const { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } = Vue;

export const Drawing = defineComponent({
  name: "ZcDrawing",
  props: { block: { type: Object, required: true }, data: { type: Object, default: null }, chosen: { type: String, default: undefined }, clickable: Boolean },
  emits: ["pick"],
  setup(props, { emit }) {
    const [t, theme] = [useWords(), useTheme()];
    const [place, broken] = [ref(/** @type {HTMLElement | null} */ (null)), ref("")];
    /** @type {any} */
    let chart = null;
    const resized = new ResizeObserver(() => (chart?.resize(), show()));
    const made = (/** @type {number} */ width) => drawn(t, /** @type {zc.Block} */ (props.block), /** @type {any} */ (props.data), getComputedStyle(document.documentElement), width, props.chosen);

    function show() {
      if (chart && props.data) chart.setOption(sized(made(chart.getWidth() / scaleOf()).option), true);
    }
    onMounted(async () => {
      try {
        await load("echarts.js");
        if (!place.value) return;
        chart = echarts.init(place.value, null, { renderer: "canvas" });
        chart.on("click", (/** @type {any} */ event) => emit("pick", event.data?.key));
        resized.observe(place.value);
        show();
      } catch (error) {
        broken.value = faultText(t, error);
      }
    });
    onBeforeUnmount(() => {
      resized.disconnect();
      chart?.dispose();
    });
    watch(() => [props.data, props.block, props.chosen, theme.state.dark], () => Vue.nextTick(show));
    return () => [
      broken.value ? h("div", { class: "error-box", role: "alert" }, broken.value) : null,
      h("div", { ref: place, class: ["chart", { "chart-link": props.clickable }], role: "img", "aria-label": said() }),
    ];

    /** What the chart shows, for those who cannot see it. */
    function said() {
      if (!props.data) return t("page.loading");
      const shown = made(0).points.map((point) => `${point.name} ${point.value === null ? t("sign.none") : grouped(point.value)}`);
      return t("chart.said", { title: props.block.title ?? "", list: shown.join(t("sign.list")) });
    }
  },
});
