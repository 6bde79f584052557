/** One record beside its list: what it holds, how it was judged, what happened to it, and what may be done with it. */
import { get } from "../door/api.js";
import { useOpened, useTab, useWords } from "../injected.js";
import { Fields } from "../form/fields.js";
import { Record } from "./record.js";
const { defineComponent, h, ref } = Vue;

export const Drawer = defineComponent({
  name: "ZcDrawer",
  props: { category: { type: Object, required: true }, form: { type: Object, default: null }, record: { type: [Number, String], required: true } },
  emits: ["close", "changed"],
  setup(props, { emit }) {
    const [t, opened, tab] = [useWords(), useOpened(), useTab()];
    const editing = ref(/** @type {Pick<zc.One, "record" | "version"> | null} */ (props.record === "new" ? { record: {}, version: 0 } : null));
    const isNew = () => props.record === "new";
    const title = () => (isNew() ? t("table.add_to", { title: props.form?.title ?? "" }) : editing.value ? t("record.amend") : t("record.title", { title: props.category.title }));

    function saved() {
      emit("changed");
      if (isNew()) emit("close");
      else editing.value = null;
    }
    const latest = () => get(`/api/v1/categories/${props.category.id}/records/${props.record}`);
    const content = () =>
      editing.value
        ? h(Fields, { form: props.form, entity: props.category.entity.id, record: isNew() ? undefined : Number(props.record), values: editing.value.record, version: editing.value.version, latest, onSaved: saved, onCancel: () => (isNew() ? emit("close") : (editing.value = null)) })
        : h(Record, { category: props.category, record: props.record, canAmend: Boolean(props.form), onAmend: (/** @type {zc.One} */ one) => (editing.value = one), onChanged: () => emit("changed") });
    return () =>
      h(ElementPlus.ElDrawer, { modelValue: opened.state.active === tab.id, title: title(), size: "min(640px, 100vw)", class: "record-drawer", appendToBody: true, "onUpdate:modelValue": () => opened.state.active === tab.id && emit("close") }, { default: content });
  },
});
