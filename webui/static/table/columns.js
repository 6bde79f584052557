/** Which columns a person wants to see, kept in the browser for each account and category. */
import { useWords } from "../injected.js";
import { headed } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
const { defineComponent, h, ref } = Vue;

/** @param {string} login @param {() => zc.Category} category */
export function chosenColumns(login, category) {
  const key = () => `zc.columns.${login}.${category().id}`;
  const kept = ref(/** @type {string[] | null} */ (JSON.parse(localStorage.getItem(key()) ?? "null")));
  const isShown = (/** @type {zc.Column} */ column) => (kept.value ? kept.value.includes(column.name) : !column.hidden);
  const all = () => category().columns;
  const shown = () => {
    const some = all().filter(isShown);
    return some.length ? some : all().slice(0, 1);
  };
  /** @param {string[] | null} names null: as the category says */
  function keep(names) {
    kept.value = names;
    if (names) localStorage.setItem(key(), JSON.stringify(names));
    else localStorage.removeItem(key());
  }
  return { all, shown, isShown, keep };
}

export const ColumnChooser = defineComponent({
  name: "ZcColumnChooser",
  props: { columns: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const columns = /** @type {ReturnType<typeof chosenColumns>} */ (props.columns);
    const toggle = (/** @type {zc.Column} */ column, /** @type {boolean} */ on) =>
      columns.keep(columns.all().filter((one) => (one === column ? on : columns.isShown(one))).map((one) => one.name));
    const line = (/** @type {zc.Column} */ column) =>
      h("li", { key: column.name }, [h(ElementPlus.ElCheckbox, { modelValue: columns.isShown(column), "onUpdate:modelValue": (/** @type {boolean} */ on) => toggle(column, on) }, () => headed(t, column))]);
    return () =>
      h(ElementPlus.ElPopover, { trigger: "click", width: 260, placement: "bottom-end" }, {
        reference: () => iconButton("Operation", t("table.columns"), {}),
        default: () => h("div", { class: "chooser" }, [h("ul", columns.all().map(line)), h("button", { type: "button", class: "link", onClick: () => columns.keep(null) }, t("table.columns_reset"))]),
      });
  },
});
