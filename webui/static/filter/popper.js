/** Element Plus gives the box of a date picker the role of a dialog and no name; this gives it one. */

/** @param {string} label @returns {(open: boolean) => void} for onVisibleChange */
export function naming(label) {
  return (open) => {
    if (open) Vue.nextTick(() => document.querySelectorAll(".el-picker__popper:not([aria-label])").forEach((box) => box.setAttribute("aria-label", label)));
  };
}
