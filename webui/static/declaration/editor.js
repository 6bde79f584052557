/** The YAML editor: CodeMirror, fetched when somebody first opens a declaration. */
import { load } from "../door/assets.js";
import { suggested } from "./suggested.js";
const { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } = Vue;

const STYLES = ["codemirror.css", "codemirror-hint.css", "codemirror-lint.css"];
const ADDONS = ["codemirror-yaml.js", "codemirror-hint.js", "codemirror-lint.js", "codemirror-active-line.js", "codemirror-brackets.js"];
const WORD = /[\w.\-*]$/;

async function fetched() {
  await Promise.all([...STYLES.map(load), load("codemirror.js")]);
  await Promise.all(ADDONS.map(load));
}

export const Editor = defineComponent({
  name: "ZcEditor",
  props: {
    text: { type: String, required: true }, label: { type: String, required: true }, schema: { type: Object, required: true },
    ids: { type: Object, required: true }, problems: { type: Array, required: true }, readOnly: Boolean,
  },
  emits: ["typed", "save"],
  setup(props, { emit, expose }) {
    const place = ref(/** @type {HTMLElement | null} */ (null));
    /** @type {any} */
    let editor = null;
    let isGone = false;
    /** @type {[number, number] | null} */
    let wanted = null; // where to go once the editor is there

    onMounted(async () => {
      await fetched();
      if (isGone || !place.value) return;
      editor = CodeMirror(place.value, options(props, emit));
      Object.assign(editor.getScrollerElement(), { tabIndex: 0, role: "group", ariaLabel: props.label });
      if (wanted) go(...wanted);
      editor.on("change", () => emit("typed", editor.getValue()));
      editor.on("inputRead", (/** @type {any} */ cm, /** @type {any} */ change) => WORD.test(change.text.at(-1)) && cm.showHint());
    });
    onBeforeUnmount(() => (isGone = true));
    watch(() => props.text, (text) => editor && editor.getValue() !== text && editor.setValue(text));
    watch(() => props.problems, () => editor?.performLint());
    watch(() => props.ids, () => editor?.state.completionActive?.update()); // names may come while somebody types
    watch(() => props.readOnly, (is) => editor?.setOption("readOnly", is));
    /** @param {number} line from 1 @param {number} col from 1 */
    function go(line, col) {
      wanted = [line, col];
      editor?.setCursor({ line: Math.max(0, line - 1), ch: Math.max(0, col - 1) });
      editor?.focus();
    }
    expose({ go });
    return () => h("div", { ref: place, class: "yaml" });
  },
});

/** @param {any} props @param {any} emit */
function options(props, emit) {
  return {
    value: props.text,
    mode: "yaml",
    readOnly: props.readOnly,
    lineNumbers: true,
    lineWrapping: true,
    styleActiveLine: true,
    autoCloseBrackets: true,
    indentUnit: 2,
    tabSize: 2,
    screenReaderLabel: props.label,
    gutters: ["CodeMirror-lint-markers", "CodeMirror-linenumbers"],
    lint: { getAnnotations: (/** @type {string} */ text) => annotations(props.problems, text.split("\n")), lintOnChange: false, highlightLines: true },
    hintOptions: { hint: (/** @type {any} */ cm) => hints(cm, props), completeSingle: false },
    // Tab moves on to the next control, as everywhere; Ctrl-] and Ctrl-[ indent.
    extraKeys: { "Ctrl-Space": "autocomplete", Tab: false, "Shift-Tab": false, "Ctrl-S": () => emit("save"), "Cmd-S": () => emit("save") },
  };
}

/** @param {zc.Problem[]} problems @param {string[]} lines */
function annotations(problems, lines) {
  return problems.filter((one) => one.line > 0 && one.line <= lines.length).map((one) => ({
    from: { line: one.line - 1, ch: Math.max(0, one.col - 1) },
    to: { line: one.line - 1, ch: Math.max(one.col, lines[one.line - 1].length) },
    severity: one.level,
    message: `${one.code} ${one.zh.what}${one.zh.mend ? `\n${one.zh.mend}` : ""}`,
  }));
}

/** @param {any} cm @param {any} props */
function hints(cm, props) {
  const at = cm.getCursor();
  const { typed, list } = suggested(cm.getValue().split("\n"), at.line, at.ch, props.schema, props.ids);
  return {
    from: { line: at.line, ch: at.ch - typed.length },
    to: at,
    list: list.map((one) => ({ text: one.text, render: (/** @type {HTMLElement} */ row) => row.append(one.label, described(one.help)) })),
  };
}

/** @param {string} help */
function described(help) {
  const said = document.createElement("span");
  said.className = "hint-help";
  said.textContent = help;
  return said;
}
