/** How old the data of a block are. On a wall the age counts on before one's eyes, and what has grown too old says so
 * loudly: nobody stands there to try again. */
import { useWall } from "../injected.js";
import { moment } from "./shown.js";
const { defineComponent, h, onBeforeUnmount, ref, watch } = Vue;

const STALE_MS = 150_000; // a wall asks every minute: two answers and a half did not come

export const Age = defineComponent({
  name: "ZcAge",
  props: { t: { type: Function, required: true }, asOf: { type: String, required: true }, connected: Boolean },
  setup(props) {
    const wall = useWall();
    const t = /** @type {import("../words.js").Words} */ (props.t);
    const [came, now] = [ref(Date.now()), ref(Date.now())];
    const clock = wall ? setInterval(() => (now.value = Date.now()), 1000) : 0;
    watch(() => props.asOf, () => (came.value = now.value = Date.now()));
    onBeforeUnmount(() => clearInterval(clock));
    return () => {
      const at = moment(props.asOf);
      const time = at.split(" ").at(-1);
      if (!wall) return h("span", { class: ["age", { stale: !props.connected }], title: at }, props.connected ? t("page.as_of", { at: time }) : t("page.as_of_stale", { at }));
      const old = now.value - came.value;
      const stale = !props.connected || old > STALE_MS;
      return h("span", { class: ["age", { stale }], title: at }, t(stale ? "wall.stale" : "wall.age", { at: time, age: since(t, old) }));
    };
  },
});

/** @param {import("../words.js").Words} t @param {number} milliseconds */
export function since(t, milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return t("shell.seconds", { n: seconds });
  return seconds < 3600 ? t("shell.minutes", { n: Math.floor(seconds / 60) }) : t("wall.hours", { n: Math.floor(seconds / 3600) });
}
