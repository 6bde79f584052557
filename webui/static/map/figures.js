/** The figures of a map: asked of its statistic, laid out by county, told as shades, numbers and a legend. */
import { useOpened, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { grouped } from "../page/shown.js";
import { coloured, lifeLegend, lives, measured, shades } from "./measured.js";
const { computed, h } = Vue;

/** @param {() => zc.Block} block @param {import("vue").Ref<any>} counties GeoJSON, once it is there */
export function useFigures(block, counties) {
  const [t, opened] = [useWords(), useOpened()];
  const question = () => ({ path: `/api/v1/statistics/${block().statistic?.id}`, query: block().query ?? {}, watch: { kind: "statistic", id: block().statistic?.id ?? "" } });
  const { state, ask } = useAsked(() => (block().statistic ? question() : null));
  const found = computed(() => (state.data && counties.value ? measured(block(), state.data, counties.value) : null));
  const life = computed(() => lives(block(), state.data));

  /** The number below a county's name. @param {string} code */
  function figure(code) {
    const value = found.value?.counties.get(code)?.value ?? null;
    return value === null ? "" : grouped(value);
  }
  /** The records behind a county's figure. @param {string} code */
  function open(code) {
    const { opens } = block();
    if (opens?.by) opened.open(opens.page, { ...opens.query, [opens.by]: [code] });
  }
  /** The counties as drawn; null where there is nothing to colour them by. @param {CSSStyleDeclaration} style @param {import("./datum.js").Shift} shift */
  const land = (style, shift) => (found.value ? coloured(counties.value, found.value, style, shift, block().opens?.by ? open : null) : null);
  const legend = () => (found.value ? h("div", { class: "legend" }, [shades(t, block(), found.value), lifeLegend(t, block(), life.value)]) : null);
  return { state, ask, life, figure, land, legend };
}
