/** Records of several categories in the order in which they happened, the newest first. */
import { useWords } from "../injected.js";
import { headed, moment, shownCell } from "../page/shown.js";
const { defineComponent, h, ref } = Vue;

const AT_FIRST = 8;
const FACTS = 6;

export const TimeLine = defineComponent({
  name: "ZcTimeLine",
  props: { groups: { type: Array, required: true } },
  setup(props) {
    const t = useWords();
    const all = ref(false);
    return () => {
      const lines = happened(/** @type {any[]} */ (props.groups));
      if (!lines.length) return null;
      const shown = all.value ? lines : lines.slice(0, AT_FIRST);
      return h("section", { class: "events", "aria-label": t("life.line"), "data-testid": "time-line" }, [
        h("h3", t("life.line")),
        h("ol", shown.map((line) => h("li", { key: `${line.category.id}.${line.record.id}` }, [
          h("div", [h("time", moment(line.at)), h("strong", line.category.title)]),
          h("dl", { class: "line-facts" }, facts(line).map((column) => h("div", { key: column.name }, [h("dt", headed(t, column)), h("dd", [shownCell(t, column, line.record[column.name], line.labels)])]))),
        ]))),
        lines.length > AT_FIRST ? h("button", { type: "button", class: "link", "aria-expanded": String(all.value), onClick: () => (all.value = !all.value) }, t(all.value ? "life.fewer" : "life.more", { n: lines.length })) : null,
      ]);
    };
  },
});

/** @param {any[]} groups */
function happened(groups) {
  const timed = groups.filter((group) => group.category.entity.time);
  const lines = timed.flatMap((group) => group.found.records.map((/** @type {zc.Values} */ record) => ({ at: record[group.category.entity.time], record, category: group.category, field: group.field.name, labels: group.found.labels })));
  return lines.filter((line) => line.at).sort((one, other) => (one.at < other.at ? 1 : -1));
}

/** What a line says beside its time and plate. @param {any} line @returns {zc.Column[]} */
function facts(line) {
  const told = (/** @type {zc.Column} */ column) => !column.hidden && column.name !== line.field && column.name !== line.category.entity.time;
  return line.category.columns.filter((/** @type {zc.Column} */ column) => told(column) && line.record[column.name] !== null).slice(0, FACTS);
}
