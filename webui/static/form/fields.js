/** A form over an entity's fields: to add a record, or to amend one with a reason. What the server refuses is told at
 * its field; a new snapshot changes the fields under what was typed and takes nothing away. */
import { ApiError, post } from "../door/api.js";
import { useTab, useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { headed } from "../page/shown.js";
import { input } from "./input.js";
const { defineComponent, h, onBeforeUnmount, reactive, ref, watch } = Vue;

export const Fields = defineComponent({
  name: "ZcFields",
  props: { form: { type: Object, required: true }, entity: { type: String, required: true }, record: { type: Number, default: null }, values: { type: Object, default: () => ({}) }, cancels: { type: Boolean, default: true } },
  emits: ["saved", "cancel"],
  setup(props, { emit }) {
    const [t, tab] = [useWords(), useTab()];
    const form = () => /** @type {zc.Form} */ (props.form);
    const typed = reactive(/** @type {zc.Values} */ ({ ...props.values }));
    const [why, fault, busy] = [ref(""), ref(""), ref(false)];
    const faults = reactive(/** @type {Record<string, string>} */ ({}));
    let before = JSON.stringify(typed);
    watch(() => JSON.stringify(typed), (now) => (tab.dirty = now !== before));
    onBeforeUnmount(() => (tab.dirty = false));

    async function save(/** @type {Event} */ event) {
      event.preventDefault();
      Object.keys(faults).forEach((name) => delete faults[name]);
      [fault.value, busy.value] = ["", true];
      const place = `/api/v1/entities/${props.entity}`;
      const values = changed(form(), typed, props.record === null ? {} : JSON.parse(before));
      try {
        const kept = props.record === null ? await post(place, { values }) : await post(`${place}/${props.record}/amend`, { values, why: why.value });
        before = JSON.stringify(typed);
        tab.dirty = false;
        ElementPlus.ElMessage.success(t("form.saved"));
        emit("saved", kept);
      } catch (error) {
        told(error);
      } finally {
        busy.value = false;
      }
    }
    function told(/** @type {unknown} */ error) {
      if (error instanceof ApiError) {
        for (const problem of error.problems) if (problem.field) faults[problem.field] = problem.text;
        if (error.field) faults[error.field] = error.message;
      }
      const known = form().fields.find((field) => faults[field.name]);
      fault.value = known ? t("form.look", { label: known.label }) : faultText(t, error);
      if (known) document.getElementById(idOf(known))?.focus();
    }
    const idOf = (/** @type {zc.Field} */ field) => `form-${tab.id}-${props.entity}-${field.name}`;
    return () =>
      h("form", { class: "fields", novalidate: false, onSubmit: save }, [
        fault.value ? h("div", { class: "error-box wide", role: "alert" }, fault.value) : null,
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
