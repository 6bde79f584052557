/** The newest records of a category: one that has come slides in at the top, unless somebody paused it to read. */
import { useLive, useOpened, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { useFitting } from "../page/fitting.js";
import { linkedCell, pageLink } from "../page/link.js";
import { headed } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
const { defineComponent, h, ref, TransitionGroup, watch } = Vue;

const COLUMNS = 5;
const UP_TO_NOW = "366 days"; // what a clock that runs ahead dates to come is not the newest

export default defineComponent({
  name: "BlockFeed",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, opened] = [useWords(), useLive(), useOpened()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const category = () => /** @type {zc.Category} */ (block().category);
    const upToNow = () => (category().entity.time ? { [`${category().entity.time}.within`]: [UP_TO_NOW] } : {});
    const { state, ask } = useAsked(() => ({ path: `/api/v1/categories/${category().id}`, query: { limit: [String(block().limit ?? 12)], count: ["false"], ...upToNow() }, watch: { kind: "category", id: category().id } }));
    const [shown, paused] = [ref(/** @type {any} */ (null)), ref(false)];
    const place = ref(/** @type {HTMLElement | null} */ (null));
    const fits = useFitting(place, "tbody tr");
    const show = () => (shown.value = paused.value && shown.value ? shown.value : state.data);
    watch(() => [state.data, paused.value], show);
    const waiting = () => (paused.value && shown.value ? state.data.records.filter((/** @type {any} */ one) => shown.value.records.every((/** @type {any} */ other) => other.id !== one.id)).length : 0);
    const columns = () => {
      const { columns: names = [] } = block();
      const all = category().columns;
      return names.length ? names.flatMap((name) => all.filter((one) => one.name === name)) : all.filter((one) => !one.hidden).slice(0, COLUMNS);
    };
    return () => [
      head(block().title || category().title, [
        waiting() ? h("span", { class: "tag tag-blue", role: "status" }, t("feed.waiting", { n: waiting() })) : null,
        age(t, shown.value?.as_of, live.state.connected),
        iconButton(paused.value ? "VideoPlay" : "VideoPause", t(paused.value ? "feed.go_on" : "feed.pause"), { "aria-pressed": String(paused.value), onClick: () => (paused.value = !paused.value) }),
      ]),
      state.fault ? faultBox(t, state.fault, ask) : shown.value ? list() : h("div", { class: "loading", role: "status" }, t("page.loading")),
    ];

    function list() {
      const { records, labels } = /** @type {zc.Found} */ (shown.value);
      if (!records.length) return h("div", { class: "empty" }, t("feed.none"));
      const heads = columns().map((column) => h("th", { key: column.name, scope: "col", class: column.align }, headed(t, column)));
      return h("div", { ref: place, class: "feed" }, [
        h("table", { "data-testid": "feed" }, [
          h("thead", [h("tr", heads)]),
          h(TransitionGroup, { tag: "tbody", name: "feed" }, () => records.slice(0, fits.value).map((record) => h("tr", { key: record.id }, columns().map((column) => cell(record, column, labels))))),
        ]),
      ]);
    }
    /** @param {zc.Values} record @param {zc.Column} column @param {Record<string, Record<string, string>>} labels */
    function cell(record, column, labels) {
      const { opens } = block();
      const value = record[column.name];
      const content = column.type === "time" && value ? timed(String(value), opens) : linkedCell(t, opened, column, value, labels);
      return h("td", { key: column.name, class: column.align }, [content]);
    }
    /** Of today the time is enough, of other days the date with it. @param {string} value @param {zc.Block["opens"]} opens */
    function timed(value, opens) {
      const [day, time] = value.split(/[T+]/);
      const text = day === state.data.as_of.slice(0, 10) ? time : `${day.slice(5)} ${time.slice(0, 5)}`;
      return opens ? pageLink(opened, opens.page, opens.query, text) : text;
    }
  },
});
