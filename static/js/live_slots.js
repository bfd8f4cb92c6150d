/**
 * How many pages of one browser may have a stream: over HTTP/1.1 a browser opens six connections to a server, of all its windows
 * together, and each stream keeps one of them.
 */

const SLOTS = 4;

/** Take a slot; return what gives it back, null where all are taken. A page that is closed gives its slot back by that. */
export async function takeSlot() {
  if (!navigator.locks) return () => {}; // only with HTTPS or on this machine do pages know of each other
  for (let number = 0; number < SLOTS; number += 1) {
    const give = await lock(`sweepdeck stream ${number}`);
    if (give) return give;
  }
  return null;
}

function lock(name) {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (taken) => {
        if (!taken) return resolve(null);
        return new Promise((giveBack) => resolve(giveBack));
      })
      .catch(() => resolve(null));
  });
}
