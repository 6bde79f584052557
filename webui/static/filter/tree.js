/** A place in a tree, such as a region with all its stations, or one station. */
import { get } from "../door/api.js";
import { useWords } from "../injected.js";
const { defineComponent, h, ref, watch } = Vue;

export const Tree = defineComponent({
  name: "FilterTree",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const nodes = ref(/** @type {zc.Choice[]} */ ([]));
    const name = () => props.filter.name;
    const value = () => props.query.all()[`${name()}.within`]?.[0] ?? props.query.all()[name()]?.[0];

    async function load() {
      nodes.value = props.filter.ref ? await get(`/api/v1/entities/${props.filter.ref}/choices`, { tree: ["1"] }) : props.filter.options ?? [];
    }
    function put(/** @type {string | undefined} */ key) {
      const isLeaf = key && !found(nodes.value, key)?.children?.length;
      props.query.set({ [name()]: isLeaf ? key : null, [`${name()}.in`]: null, [`${name()}.within`]: key && !isLeaf ? key : null });
    }
    watch(() => props.filter.ref, () => load().catch(() => (nodes.value = [])), { immediate: true });
    return () =>
      h(ElementPlus.ElTreeSelect, {
        modelValue: value(), data: nodes.value, props: { label: "label", children: "children", value: "value" }, nodeKey: "value", checkStrictly: true,
        filterable: true, clearable: true, ariaLabel: props.filter.label, placeholder: t("filter.any"), "onUpdate:modelValue": put,
      });
  },
});

/** @param {zc.Choice[]} nodes @param {string} key @returns {zc.Choice | undefined} */
function found(nodes, key) {
  for (const node of nodes) {
    const here = node.value === key ? node : found(node.children ?? [], key);
    if (here) return here;
  }
  return undefined;
}
