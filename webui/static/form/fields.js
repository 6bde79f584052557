/** A form over an entity's fields: to add a record, or to amend one with a reason. What the server refuses is told at
 * its field; a new snapshot changes the fields under what was typed and takes nothing away. A record that somebody else
 * amended meanwhile is not overwritten: who changed what is told, and the form goes on from there. */
import { post } from "../door/api.js";
import { useTab, useWords } from "../injected.js";
import { headed } from "../page/shown.js";
import { input } from "./input.js";
import { requireFit } from "./unfit.js";
import { useRefused } from "./refused.js";
const { defineComponent, h, onBeforeUnmount, reactive, ref, watch } = Vue;

export const Fields = defineComponent({
  name: "ZcFields",
  props: { form: { type: Object, required: true }, entity: { type: String, required: true }, record: { type: Number, default: null }, values: { type: Object, default: () => ({}) }, version: { type: Number, default: 0 }, latest: { type: Function, default: null }, cancels: { type: Boolean, default: true } },
  emits: ["saved", "cancel"],
  setup(props, { emit }) {
    const [t, tab] = [useWords(), useTab()];
    const form = () => /** @type {zc.Form} */ (props.form);
    const typed = reactive(/** @type {zc.Values} */ ({ ...props.values }));
    const [why, busy] = [ref(""), ref(false)];
    const place = () => `/api/v1/entities/${props.entity}`;
    const idOf = (/** @type {zc.Field} */ field) => `form-${tab.id}-${props.entity}-${field.name}`;
    const { faults, clear, told, box } = useRefused(t, form, idOf);
    let [before, version] = [JSON.stringify(typed), props.version];
    watch(() => JSON.stringify(typed), (now) => (tab.dirty = now !== before));
    onBeforeUnmount(() => (tab.dirty = false));

    async function save(/** @type {Event} */ event) {
      event.preventDefault();
      clear();
      busy.value = true;
      try {
        requireFit(t, form(), typed, idOf);
        const values = changed(form(), typed, props.record === null ? {} : JSON.parse(before));
        const kept = await (props.record === null ? post(place(), { values }) : post(`${place()}/${props.record}/amend`, { values, why: why.value, version }));
        [before, tab.dirty] = [JSON.stringify(typed), false];
        ElementPlus.ElMessage.success(t("form.saved"));
        emit("saved", kept);
      } catch (error) {
        told(error);
      } finally {
        busy.value = false;
      }
    }
    /** Go on from what is there now; what was typed stays. */
    async function goOn() {
      const one = /** @type {zc.One} */ (await props.latest?.());
      const kept = changed(form(), typed, JSON.parse(before));
      Object.assign(typed, one.record);
      [before, version] = [JSON.stringify(typed), one.version];
      Object.assign(typed, kept);
      clear();
    }
    return () =>
      h("form", { class: "fields", novalidate: true, onSubmit: save }, [
        box(props.latest && (() => void goOn().catch(told))),
        ...form().fields.map((field) => line(t, field, idOf(field), faults[field.name], typed)),
        props.record === null ? null : reason(t, `${tab.id}-why`, why),
        h("div", { class: "form-buttons" }, [
          h(ElementPlus.ElButton, { type: "primary", nativeType: "submit", loading: busy.value }, () => t("form.save")),
          props.cancels ? h(ElementPlus.ElButton, { onClick: () => emit("cancel") }, () => t("form.cancel")) : null,
        ]),
      ]);
  },
});

/** @param {import("../words.js").Words} t @param {zc.Field} field @param {string} id @param {string | undefined} told @param {zc.Values} typed */
function line(t, field, id, told, typed) {
  const notes = [field.help ? `${id}-help` : "", told ? `${id}-fault` : ""].filter(Boolean).join(" ");
  return h("div", { key: field.name, class: ["field", { wrong: told }] }, [
    h("label", { for: id }, [headed(t, field), field.required ? h("span", { class: "needed", title: t("form.needed") }, "*") : null]),
    input(t, field, id, notes, typed),
    field.help ? h("p", { id: `${id}-help`, class: "hint" }, field.help) : null,
    told ? h("p", { id: `${id}-fault`, class: "field-fault", role: "alert" }, told) : null,
  ]);
}

/** @param {import("../words.js").Words} t @param {string} id @param {import("vue").Ref<string>} why */
function reason(t, id, why) {
  return h("div", { class: "field wide" }, [
    h("label", { for: id }, [t("form.why"), h("span", { class: "needed" }, "*")]),
    h("input", { id, class: "plain-input", required: true, maxlength: 200, value: why.value, onInput: (/** @type {any} */ event) => (why.value = event.target.value) }),
  ]);
}

/** The values to send: all of a new record, of another only what changed. @param {zc.Form} form @param {zc.Values} typed @param {zc.Values} old */
function changed(form, typed, old) {
  const pairs = form.fields.map(({ name }) => [name, typed[name] ?? null]);
  return Object.fromEntries(pairs.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name] ?? null)));
}
