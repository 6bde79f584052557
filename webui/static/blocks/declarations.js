/** The desk of declarations: a tree of them, a YAML editor, what the text would do, putting it in force, going back. */
import { useOpened, useTab, useWords } from "../injected.js";
import { head } from "../page/frame.js";
import { createDesk } from "../declaration/desk.js";
import { Tree } from "../declaration/tree.js";
import { work } from "../declaration/work.js";
const { computed, defineComponent, h, onBeforeUnmount, ref, watch } = Vue;

export default defineComponent({
  name: "BlockDeclarations",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, tab, opened] = [useWords(), useTab(), useOpened()];
    const desk = createDesk(t);
    const { state, drafts, current } = desk;
    const [pane, view, editor] = [ref("problems"), ref(props.block.kinds?.length ? "form" : "text"), ref(/** @type {any} */ (null))];
    const all = computed(() => (state.told ? state.told.problems : state.problems));
    const kinds = computed(() => (props.block.kinds?.length ? state.kinds.filter((kind) => props.block.kinds.includes(kind.kind)) : state.kinds));
    const ids = computed(() => Object.fromEntries(state.kinds.map((kind) => [kind.kind, kind.files.map((file) => file.id)])));
    watch(() => drafts.value.length > 0, (is) => (tab.dirty = is));
    onBeforeUnmount(() => (tab.dirty = false));
    watch(() => tab.query.file?.[0] ?? "", (path) => path && path !== state.path && desk.open(path), { immediate: true });
    desk.begin();

    const open = (/** @type {string} */ path) => opened.ask(tab, { file: [path] });
    async function go(/** @type {zc.Problem} */ one) {
      if (!/^(config|interfaces)\//.test(one.file)) return;
      if (one.file !== state.path) await desk.open(one.file);
      open(state.path);
      await Vue.nextTick();
      editor.value?.go(one.line, one.col);
    }
    return () => [
      head(props.block.title),
      h("div", { class: "desk" }, [
        h(Tree, { kinds: kinds.value, path: state.path, drafts: drafts.value.map((one) => one.opened.path), onOpen: open }),
        h("div", { class: "desk-main" }, [
          state.fault ? h("div", { class: "error-box", role: "alert" }, state.fault) : null,
          state.said ? h("div", { class: "said-box", role: "status" }, state.said) : null,
          current.value ? work({ t, desk, pane, view, editor, ids: ids.value, all: all.value, go }) : h("p", { class: "hint desk-empty" }, t("declaration.choose")),
        ]),
      ]),
    ];
  },
});
