/** The declarations by kind: whose each is, which are wrong, which are being changed. */
import { useWords } from "../injected.js";
import { icon, iconButton } from "../shell/icon.js";
const { defineComponent, h, ref } = Vue;

const ID = /^[a-z][a-z0-9_]*$/;
const FEW = 24; // so many declarations are all shown at once

export const Tree = defineComponent({
  name: "ZcDeclarations",
  props: { kinds: { type: Array, required: true }, path: { type: String, required: true }, drafts: { type: Array, required: true } },
  emits: ["open"],
  setup(props, { emit }) {
    const t = useWords();
    const kinds = () => /** @type {zc.DeclaredKind[]} */ (props.kinds);
    const isShort = () => kinds().reduce((sum, one) => sum + one.files.length, 0) <= FEW;
    const [asked, toggled] = [ref(""), ref(/** @type {string[]} */ ([]))];
    const toggle = (/** @type {string} */ kind) => (toggled.value = toggled.value.includes(kind) ? toggled.value.filter((one) => one !== kind) : [...toggled.value, kind]);

    async function make(/** @type {zc.DeclaredKind} */ kind) {
      const text = t("declaration.new_id", { title: kind.title, folder: kind.folder });
      const said = await ElementPlus.ElMessageBox.prompt(text, t("declaration.new"), { inputPattern: ID, inputErrorMessage: t("declaration.bad_id"), confirmButtonText: t("declaration.new"), cancelButtonText: t("record.cancel") }).catch(() => null);
      if (said) emit("open", `${kind.folder}/${said.value}${kind.suffix}`);
    }
    return () => {
      const word = asked.value.trim().toLowerCase();
      return h("nav", { class: "declared", "aria-label": t("declaration.tree") }, [
        h("input", { type: "search", class: "plain-input", value: asked.value, placeholder: t("declaration.search"), "aria-label": t("declaration.search"), onInput: (/** @type {any} */ event) => (asked.value = event.target.value) }),
        h("ul", found(/** @type {zc.DeclaredKind[]} */ (props.kinds), word).map((kind) => section(kind, Boolean(word)))),
      ]);
    };

    /** @param {zc.DeclaredKind} kind @param {boolean} isAsked */
    function section(kind, isAsked) {
      const open = isAsked || toggled.value.includes(kind.kind) !== isShort() || kind.files.some((one) => one.path === props.path);
      const wrong = kind.files.some((one) => one.errors);
      return h("li", { key: kind.kind }, [
        h("div", { class: "declared-kind" }, [
          h("button", { type: "button", class: "declared-fold", "aria-expanded": String(open), title: kind.help, onClick: () => toggle(kind.kind) }, [
            icon(open ? "ArrowDown" : "ArrowRight"), h("span", kind.title), h("span", { class: "hint" }, String(kind.files.length)), wrong ? mark("dot-red", t("declaration.wrong")) : null,
          ]),
          kind.suffix && kind.folder !== "config" ? iconButton("Plus", t("declaration.new_of", { title: kind.title }), { onClick: () => make(kind) }) : null,
        ]),
        open ? h("ul", kind.files.map((file) => entry(file))) : null,
      ]);
    }
    /** @param {zc.Declared} file */
    function entry(file) {
      const current = file.path === props.path;
      return h("li", { key: file.id }, [
        h("button", { type: "button", class: ["declared-file", { current }], "aria-current": current ? "true" : undefined, title: file.path, onClick: () => emit("open", file.path) }, [
          h("span", { class: "declared-name" }, [file.title || file.id, file.title ? h("small", file.id) : null]),
          props.drafts.includes(file.path) ? mark("dot-blue", t("declaration.changed")) : null,
          file.errors ? mark("dot-red", t("declaration.wrong")) : null,
          file.owner === "home" ? h("span", { class: "tag tag-blue" }, t(file.replaces ? "declaration.replaces" : "declaration.home")) : h("span", { class: "tag tag-grey", title: file.owner }, file.plugin),
        ]),
      ]);
    }
  },
});

/** @param {string} dot @param {string} label */
const mark = (dot, label) => h("span", { class: ["dot", dot], role: "img", "aria-label": label, title: label });

/** @param {zc.DeclaredKind[]} kinds @param {string} word in small letters */
function found(kinds, word) {
  if (!word) return kinds;
  const holds = (/** @type {string} */ text) => text.toLowerCase().includes(word);
  return kinds
    .map((kind) => ({ ...kind, files: holds(kind.title) || holds(kind.kind) ? kind.files : kind.files.filter((one) => holds(one.title) || holds(one.path)) }))
    .filter((kind) => kind.files.length);
}
