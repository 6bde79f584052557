/** The rows of an answer as a chart: bars, lines, a pie or stacked bars. */
import { load } from "../door/assets.js";
import { useTheme, useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { grouped } from "../page/shown.js";
import { drawn } from "./drawn.js";
const { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } = Vue;

export const Drawing = defineComponent({
  name: "ZcDrawing",
  props: { block: { type: Object, required: true }, data: { type: Object, required: true } },
  setup(props) {
    const [t, theme] = [useWords(), useTheme()];
    const [place, broken] = [ref(/** @type {HTMLElement | null} */ (null)), ref("")];
    /** @type {any} */
    let chart = null;
    const resized = new ResizeObserver(() => (chart?.resize(), show()));
    const made = (/** @type {number} */ width) => drawn(t, /** @type {zc.Block} */ (props.block), /** @type {any} */ (props.data), getComputedStyle(document.documentElement), width);

    function show() {
      chart?.setOption(made(chart.getWidth()).option, true);
    }
    onMounted(async () => {
      try {
        await load("echarts.js");
        if (!place.value) return;
        chart = echarts.init(place.value, null, { renderer: "canvas" });
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
    watch(() => [props.data, props.block, theme.state.dark], () => Vue.nextTick(show));
    const said = () => t("chart.said", { title: props.block.title, list: made(0).points.map((point) => `${point.name} ${grouped(point.value)}`).join(t("sign.list")) });
    return () => [
      broken.value ? h("div", { class: "error-box", role: "alert" }, broken.value) : null,
      h("div", { ref: place, class: "chart", role: "img", "aria-label": said() }),
    ];
  },
});
