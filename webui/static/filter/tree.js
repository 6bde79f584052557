/** A place in a tree, such as a region with all its stations, or one station: a list that is indented. */
import { get } from "../door/api.js";
import { useWords } from "../injected.js";
const { defineComponent, h, ref, watch } = Vue;

const INDENT_PX = 16;

export const Tree = defineComponent({
  name: "FilterTree",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const nodes = ref(/** @type {(zc.Choice & {level: number})[]} */ ([]));
    const name = () => props.filter.name;
    const value = () => props.query.all()[`${name()}.within`]?.[0] ?? props.query.all()[name()]?.[0];

    async function load() {
      nodes.value = props.filter.ref ? flat(await get(`/api/v1/entities/${props.filter.ref}/choices`, { tree: ["1"] }), 0) : [];
    }
    function put(/** @type {string | undefined} */ key) {
      const isLeaf = !nodes.value.find((node) => node.value === key)?.children?.length;
      props.query.set({ [name()]: key && isLeaf ? key : null, [`${name()}.in`]: null, [`${name()}.within`]: key && !isLeaf ? key : null });
    }
    watch(() => props.filter.ref, () => load().catch(() => (nodes.value = [])), { immediate: true });
    return () =>
      h(ElementPlus.ElSelect, { modelValue: value(), filterable: true, clearable: true, ariaLabel: props.filter.label, placeholder: t("filter.any"), "onUpdate:modelValue": put },
        () => nodes.value.map((node) => h(ElementPlus.ElOption, { key: node.value, value: node.value, label: node.label, style: { paddingLeft: `${(node.level + 1) * INDENT_PX}px`, fontWeight: node.children?.length ? 600 : 400 } })));
  },
});

/** @param {zc.Choice[]} nodes @param {number} level @returns {(zc.Choice & {level: number})[]} */
function flat(nodes, level) {
  return nodes.flatMap((node) => [{ ...node, level }, ...flat(node.children ?? [], level + 1)]);
}
