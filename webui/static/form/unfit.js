/** What the browser itself has against what was typed, in our words and for every field at once: it would tell of the
 * first alone, in the language that it was installed in. */
import { ApiError } from "../door/api.js";

/** @param {import("../words.js").Words} t @param {zc.Form} form @param {zc.Values} typed @param {(field: zc.Field) => string} idOf @throws {ApiError} as if the server had refused it */
export function requireFit(t, form, typed, idOf) {
  const problems = form.fields.map((field) => ({ field: field.name, text: beyond(t, field, document.getElementById(idOf(field))) || missing(t, field, typed[field.name]) }));
  const told = problems.filter((problem) => problem.text);
  if (told.length) throw new ApiError(400, { problems: told });
}

/** @param {import("../words.js").Words} t @param {zc.Field} field @param {HTMLElement | null} input */
function beyond(t, field, input) {
  const { badInput, rangeOverflow, rangeUnderflow } = /** @type {HTMLInputElement | null} */ (input)?.validity ?? {};
  if (badInput) return t("form.number");
  if (rangeOverflow) return t("form.most", { n: field.max });
  return rangeUnderflow ? t("form.least", { n: field.min }) : "";
}

/** @param {import("../words.js").Words} t @param {zc.Field} field @param {any} value */
function missing(t, field, value) {
  const isEmpty = value === null || value === undefined || value === "" || value.length === 0;
  return field.required && isEmpty ? t("form.needed") : "";
}
