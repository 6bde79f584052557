/** What the server has against what was sent from a form: of single fields, of the whole, or that somebody else was
 * faster. */
import { ApiError } from "../door/api.js";
import { faultText } from "../page/fault.js";
const { h, reactive, ref } = Vue;

/** @param {import("../words.js").Words} t @param {() => zc.Form} form @param {(field: zc.Field) => string} idOf */
export function useRefused(t, form, idOf) {
  const [fault, outdated] = [ref(""), ref(false)];
  const faults = reactive(/** @type {Record<string, string>} */ ({}));

  function clear() {
    Object.keys(faults).forEach((name) => delete faults[name]);
    [fault.value, outdated.value] = ["", false];
  }
  function told(/** @type {unknown} */ error) {
    Object.assign(faults, byField(error));
    outdated.value = error instanceof ApiError && Boolean(error.changes);
    const known = form().fields.find((field) => faults[field.name]);
    fault.value = known ? t("form.look", { label: known.label }) : faultText(t, error);
    if (known) document.getElementById(idOf(known))?.focus();
  }
  /** The box over the form; `goOn` is offered where the record has another version by now. @param {(() => void) | null} goOn */
  function box(goOn) {
    if (!fault.value) return null;
    const way = outdated.value && goOn ? h("button", { type: "button", class: "link", onClick: goOn }, t("form.latest")) : null;
    return h("div", { class: "error-box wide", role: "alert" }, [h("span", fault.value), way]);
  }
  return { faults, clear, told, box };
}

/** @param {unknown} error @returns {Record<string, string>} text by field */
function byField(error) {
  if (!(error instanceof ApiError)) return {};
  const told = error.problems.filter((problem) => problem.field).map((problem) => [problem.field, problem.text]);
  return { ...Object.fromEntries(told), ...(error.field ? { [error.field]: error.message } : {}) };
}
