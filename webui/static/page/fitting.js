/** How many rows have room on a wall, so that none is cut through; at a desk lists are as long as they are. */
import { useWall } from "../injected.js";
const { onBeforeUnmount, ref, watch } = Vue;

/** @param {import("vue").Ref<HTMLElement | null>} place what the rows are in @param {string} rows their selector */
export function useFitting(place, rows) {
  const fits = ref(Infinity);
  const sized = new ResizeObserver(measure);
  function measure() {
    const [first, second] = [...(place.value?.querySelectorAll(rows) ?? [])].slice(0, 2).map((row) => row.getBoundingClientRect());
    if (!place.value || !first) return;
    const room = place.value.getBoundingClientRect().bottom - first.top;
    const pitch = second ? second.top - first.top : first.height;
    fits.value = Math.max(1, Math.floor(room / Math.max(pitch, 1) + 0.02));
  }
  if (useWall()) {
    watch(place, (now) => {
      sized.disconnect();
      if (now) sized.observe(now);
    });
  }
  onBeforeUnmount(() => sized.disconnect());
  return fits;
}
