/** What fits into a drawing: names below an axis, a legend in as many lines as it needs. Pixels of a page at a desk. */

const TEXT = 12;
const CHINESE = "\u2e80";
const NARROW = 48; // below it names that do not fit are slanted, above it broken into lines
const SLANTED = 92; // of a slanted name
const ABREAST = 24; // more names than this do not fit beside each other from top to bottom
const BESIDE = 0.38; // of the width that names beside bars may take
const MARK = 45; // a legend's mark with the gaps around it
const LINE = 24; // from one line of a legend to the next
const MOST_LINES = 3; // a longer legend turns pages

/** How wide a text is: a Chinese character is square. @param {string} text */
const widthOf = (text) => [...text].reduce((sum, character) => sum + (character >= CHINESE ? TEXT : TEXT * 0.6), 0);

/** How names of anything but times stand below an axis, every one of them: upright where they fit, else in lines or slanted.
 * @param {string[]} names @param {number} width of the drawing */
export function below(names, width) {
  const room = width / Math.max(1, names.length);
  if (Math.max(0, ...names.map(widthOf)) <= room - 8) return { interval: 0 };
  return room < NARROW ? { interval: 0, rotate: 40, width: SLANTED, overflow: "truncate" } : { interval: 0, width: room - 8, overflow: "break" };
}

/** Whether bars lie rather than stand: there are few enough for their names to stand beside them, too long to stand below.
 * @param {string[]} names @param {number} width of the drawing */
export function lies(names, width) {
  const room = width / Math.max(1, names.length);
  return names.length <= ABREAST && room < NARROW && Math.max(0, ...names.map(widthOf)) > room - 8;
}

/** How names stand beside lying bars. @param {string[]} names @param {number} width of the drawing */
export const beside = (names, width) => ({ interval: 0, width: Math.min(Math.max(0, ...names.map(widthOf)) + 4, width * BESIDE), overflow: "truncate" });

/** A legend at the bottom and how high it is. @param {string[]} names @param {number} width of the drawing @param {string} ink */
export function legendOf(names, width, ink) {
  const lines = linesOf(names, width);
  const pages = lines > MOST_LINES;
  return { height: 12 + LINE * (pages ? 1 : lines), legend: { type: pages ? "scroll" : "plain", bottom: 0, textStyle: { color: ink }, pageTextStyle: { color: ink }, pageIconColor: ink } };
}

/** @param {string[]} names @param {number} width */
function linesOf(names, width) {
  let [lines, used] = [1, 0];
  for (const wide of names.map((name) => widthOf(name) + MARK)) {
    if (used && used + wide > width) [lines, used] = [lines + 1, 0];
    used += wide;
  }
  return lines;
}
