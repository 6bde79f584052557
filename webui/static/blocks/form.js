/** A form to add records of an entity. */
import { Fields } from "../form/fields.js";
import { head } from "../page/frame.js";
const { defineComponent, h, ref } = Vue;

export default defineComponent({
  name: "BlockForm",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const saved = ref(0);
    return () => [
      head(props.block.title || props.block.entity.title),
      h(Fields, { key: saved.value, form: props.block.entity, entity: props.block.entity.id, cancels: false, onSaved: () => (saved.value += 1) }),
    ];
  },
});
