/** What a record offers to have done by the platform: asked for sure where that is declared, the result shown once. */
import { operate } from "../door/operate.js";
import { faultText } from "../page/fault.js";
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {zc.Category} category @param {zc.One} one @param {() => void} done */
export function runButtons(t, category, one, done) {
  if (one.record.voided_at) return [];
  return category.operations.map((run) => h(ElementPlus.ElButton, { key: run.operation, onClick: () => start(t, run, one, done) }, () => run.label));
}

/** @param {import("../words.js").Words} t @param {zc.Run} run @param {zc.One} one @param {() => void} done */
async function start(t, run, one, done) {
  const words = { confirmButtonText: run.label, cancelButtonText: t("record.cancel"), type: "warning" };
  if (run.sure && !(await ElementPlus.ElMessageBox.confirm(run.sure, run.label, words).then(() => true, () => false))) return;
  try {
    const given = Object.fromEntries(Object.entries(run.with).map(([argument, field]) => [argument, one.record[field]]));
    const result = await operate(run.operation, given);
    done();
    await told(t, run, result);
  } catch (error) {
    ElementPlus.ElMessage.error(faultText(t, error));
  }
}

/** @param {import("../words.js").Words} t @param {zc.Run} run @param {any} result */
async function told(t, run, result) {
  const shown = Object.entries(run.shows).filter(([name]) => result?.[name] !== undefined);
  if (!shown.length) {
    ElementPlus.ElMessage.success(t("record.ran", { label: run.label }));
    return;
  }
  const list = h("dl", { class: "facts run-result", "data-testid": "run-result" }, shown.map(([name, label]) => h("div", { key: name }, [h("dt", label), h("dd", String(result[name]))])));
  await ElementPlus.ElMessageBox({ title: run.label, message: list, confirmButtonText: t("record.noted"), closeOnClickModal: false }).catch(() => null);
}
