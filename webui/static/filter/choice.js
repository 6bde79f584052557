/** One or several of a closed list, or of the records of another entity, found while one types. */
import { get } from "../door/api.js";
import { useWords } from "../injected.js";
const { computed, defineComponent, h, ref, watch } = Vue;

const MOST = 50;

export const Choice = defineComponent({
  name: "FilterChoice",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const filter = /** @type {zc.Filter} */ (props.filter);
    const fetched = ref(/** @type {zc.Choice[]} */ ([]));
    const several = () => `${filter.name}.in`;
    const chosen = computed(() => props.query.all()[several()] ?? props.query.all()[filter.name] ?? []);
    const options = () => filter.options ?? (filter.type === "boolean" ? ["true", "false"].map((value) => ({ value, label: t(value === "true" ? "sign.positive" : "sign.negative") })) : fetched.value);

    async function look(/** @type {string} */ text) {
      if (!filter.ref) return;
      fetched.value = await get(`/api/v1/entities/${filter.ref}/choices`, { q: [text], limit: [String(MOST)] });
    }
    function put(/** @type {string[]} */ values) {
      props.query.set({ [filter.name]: values.length === 1 ? values : null, [several()]: values.length > 1 ? values : null });
    }
    watch(() => filter.ref, () => look("").catch(() => (fetched.value = [])), { immediate: true });
    return () =>
      h(ElementPlus.ElSelect, {
        modelValue: chosen.value, multiple: true, collapseTags: true, clearable: true, filterable: true, remote: Boolean(filter.ref), remoteShowSuffix: true,
        remoteMethod: filter.ref ? look : undefined, ariaLabel: filter.label, placeholder: t("filter.any"), "onUpdate:modelValue": put,
      }, () => options().map((one) => h(ElementPlus.ElOption, { key: one.value, value: String(one.value), label: one.label })));
  },
});
