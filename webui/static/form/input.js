/** The input that suits a field's type. */
import { naming } from "../filter/popper.js";
import { get } from "../door/api.js";
const { defineComponent, h, ref } = Vue;

const LONG = 100; // characters; longer texts get several lines
const MOST = 50;

/** @param {import("../words.js").Words} t @param {zc.Field} field @param {string} id @param {string} notes ids of what describes it @param {zc.Values} typed */
export function input(t, field, id, notes, typed) {
  const put = (/** @type {any} */ value) => (typed[field.name] = value === "" || value === undefined ? null : value);
  const given = { id, modelValue: typed[field.name] ?? undefined, "onUpdate:modelValue": put, ariaLabel: field.label };
  if (field.options) return choice(t, field, given);
  if (field.type === "boolean") return h(ElementPlus.ElSwitch, { ...given, modelValue: Boolean(typed[field.name]) });
  if (field.type === "ref") return h(Reference, { field, given });
  if (field.type === "time" || field.type === "date") return moment(t, field, given);
  return plain(field, id, notes, typed, put);
}

/** @param {import("../words.js").Words} t @param {zc.Field} field @param {any} given */
function choice(t, field, given) {
  const options = (field.options ?? []).map((one) => h(ElementPlus.ElOption, { key: one.value, value: one.value, label: one.label }));
  return h(ElementPlus.ElSelect, { ...given, clearable: !field.required, filterable: true, placeholder: t("form.choose") }, () => options);
}

/** @param {import("../words.js").Words} t @param {zc.Field} field @param {any} given */
function moment(t, field, given) {
  const isTime = field.type === "time";
  return h(ElementPlus.ElDatePicker, { ...given, type: isTime ? "datetime" : "date", valueFormat: isTime ? "YYYY-MM-DD HH:mm:ss" : "YYYY-MM-DD", placeholder: t("form.choose_time"), onVisibleChange: naming(field.label) });
}

/** @param {zc.Field} field @param {string} id @param {string} notes @param {zc.Values} typed @param {(value: any) => void} put */
function plain(field, id, notes, typed, put) {
  const number = field.type === "number";
  const isLong = !number && (field.max_length ?? 0) > LONG;
  return h(isLong ? "textarea" : "input", {
    id, class: "plain-input", "aria-describedby": notes || undefined, required: field.required, rows: isLong ? 3 : undefined,
    type: isLong ? undefined : number ? "number" : "text", step: number ? "any" : undefined, min: field.min, max: field.max, maxlength: field.max_length,
    value: typed[field.name] ?? "",
    onInput: (/** @type {any} */ event) => put(number && event.target.value !== "" ? Number(event.target.value) : event.target.value),
  });
}

/** The key of a record of another entity, found by its title while one types. */
const Reference = defineComponent({
  name: "ZcReference",
  props: { field: { type: Object, required: true }, given: { type: Object, required: true } },
  setup(props) {
    const options = ref(/** @type {zc.Choice[]} */ ([]));
    async function look(/** @type {string} */ text) {
      options.value = await get(`/api/v1/entities/${props.field.to}/choices`, { q: [text], limit: [String(MOST)] }).catch(() => []);
    }
    look(String(props.given.modelValue ?? ""));
    return () =>
      h(ElementPlus.ElSelect, { ...props.given, filterable: true, remote: true, remoteShowSuffix: true, remoteMethod: look, clearable: !props.field.required, onFocus: () => look("") },
        () => options.value.map((one) => h(ElementPlus.ElOption, { key: one.value, value: one.value, label: one.label })));
  },
});
