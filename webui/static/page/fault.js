/** What went wrong, in words for the person in front of it, and the box that shows it. */
import { ApiError } from "../door/api.js";
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {unknown} error @returns {string} */
export function faultText(t, error) {
  if (!(error instanceof ApiError)) return t("fault.own", { text: error instanceof Error ? error.message : String(error) });
  if (error.message) return error.message;
  if (error.status === 0) return t("fault.unreachable");
  return t(error.status >= 500 ? "fault.server" : "fault.refused", { status: error.status });
}

/** @param {import("../words.js").Words} t @param {string} text @param {() => void} again */
export function faultBox(t, text, again) {
  return h("div", { class: "error-box", role: "alert" }, [
    h("span", text),
    h("button", { type: "button", class: "link", onClick: again }, t("fault.again")),
  ]);
}
