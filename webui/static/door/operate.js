/** Operations of the platform that a role allows. One that takes longer is a task, asked after until it ends. */
import { ApiError, get, post } from "./api.js";

const AGAIN_MS = 500;

/** @param {string} name @param {zc.Values} [given] @param {(line: string) => void} [heard] hears how far it is @returns {Promise<any>} its result */
export async function operate(name, given = {}, heard = () => {}) {
  const begun = await post(`/api/ui/operations/${name}`, { arguments: given });
  if (!begun.task) return begun.result;
  for (;;) {
    await new Promise((wake) => setTimeout(wake, AGAIN_MS));
    const task = await get(`/api/ui/tasks/${begun.task}`);
    if (task.progress?.length) heard(task.progress.at(-1));
    if (!task.done) continue;
    if (task.error) throw new ApiError(400, task);
    return task.result;
  }
}
