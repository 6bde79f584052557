/** A declaration as a form of its kind. What is changed is written into the text by the server; the text is what counts.
 * Where the text is like another declaration, the form shows what that says wherever the text says nothing. */
import { operate } from "../door/operate.js";
import { useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { control } from "./control.js";
const { defineComponent, h, ref, watch } = Vue;

export const Form = defineComponent({
  name: "ZcDeclarationForm",
  props: { path: { type: String, required: true }, text: { type: String, required: true }, schema: { type: Object, required: true }, ids: { type: Object, required: true } },
  emits: ["typed"],
  setup(props, { emit }) {
    const t = useWords();
    const [values, fault, starts] = [ref(/** @type {zc.Values | null} */ (null)), ref(""), ref(false)];
    let line = Promise.resolve();
    let written = /** @type {string | null} */ (null);

    /** @param {() => Promise<void>} work one after the other: each begins from the text that the one before made */
    function queued(work) {
      line = line.then(work).then(() => void (fault.value = ""), (error) => void (fault.value = faultText(t, error)));
    }
    async function read() {
      if (props.text === written) return;
      written = props.text;
      const told = await operate("declaration.values", { path: props.path, text: props.text });
      [values.value, starts.value] = [told.values, told.starts];
    }
    /** @param {string} key @param {any} value */
    async function put(key, value) {
      const { text } = await operate("declaration.filled", { path: props.path, text: props.text, values: { [key]: value } });
      emit("typed", text);
      await Vue.nextTick();
      await read();
    }
    watch(() => props.text, () => queued(read), { immediate: true });
    return () =>
      h("div", { class: "kind-form" }, [
        fault.value ? h("div", { class: "error-box", role: "alert" }, fault.value) : null,
        starts.value ? h("p", { class: "hint kind-starts" }, t("declaration.starts")) : null,
        values.value ? h("div", { class: "fields" }, Object.entries(props.schema.properties).filter(([key]) => key !== "like").map(([key, schema]) =>
          control({ t, ids: props.ids, path: `${props.path}.${key}`, name: key, schema, value: values.value?.[key], required: (props.schema.anyOf?.[1] ?? props.schema).required?.includes(key), put: (value) => queued(() => put(key, value)) }))) : null,
      ]);
  },
});
