/** One record of a category: the one that the address names, as record=ID. */
import { get } from "../door/api.js";
import { useTab, useWords } from "../injected.js";
import { Fields } from "../form/fields.js";
import { head } from "../page/frame.js";
import { Record } from "../table/record.js";
const { defineComponent, h, ref } = Vue;

export default defineComponent({
  name: "BlockDetail",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, tab] = [useWords(), useTab()];
    const editing = ref(/** @type {zc.One | null} */ (null));
    const record = () => Number(tab.query.record?.[0] ?? 0);
    return () => {
      const { category, form, title } = props.block;
      if (!record()) return [head(title || category.title), h("p", { class: "hint" }, t("record.choose"))];
      const done = () => (editing.value = null);
      return [
        head(title || category.title),
        editing.value
          ? h(Fields, { form, entity: category.entity.id, record: record(), values: editing.value.record, version: editing.value.version, latest: () => get(`/api/v1/categories/${category.id}/records/${record()}`), onSaved: done, onCancel: done })
          : h(Record, { category, record: record(), canAmend: Boolean(form), onAmend: (/** @type {zc.One} */ one) => (editing.value = one) }),
      ];
    };
  },
});
