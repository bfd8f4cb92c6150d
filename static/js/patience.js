/** Imports modules from a server that is away for a moment, such as one that is started anew while a page loads. */

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;
const UNREACHED = /modul/i; // what browsers say of a module that did not come; they agree on no more

/** Resolve to what `load`, which imports a module, resolves to, once the server has sent it. */
export async function patiently(load) {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof TypeError && UNREACHED.test(error.message))) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
