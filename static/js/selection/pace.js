/** Lets a chart follow what is being selected without slowing down whoever selects. */

const REST = 3; // rests so many times as long as drawing kept the page from its next frame
const SHORTEST = 120;
const WAITING = -1; // for the picture, not for a time

/**
 * A function that draws an element's chart: at once where an action is finished, else only while the element is in view and with
 * rests between. `isSettled()` says whether it is finished.
 */
export function paced(element, { draw, isSettled }) {
  let [earliest, timer] = [0, 0];
  return function follow() {
    clearTimeout(timer);
    const wait = isSettled() ? 0 : earliest - performance.now();
    timer = 0;
    if (wait === Infinity) timer = WAITING;
    else if (wait > 0) timer = setTimeout(follow, wait);
    else if (isSettled() || isInView(element)) {
      const began = performance.now();
      draw();
      earliest = Infinity; // until the picture is there: a canvas is painted after its script
      afterPainting(() => {
        const now = performance.now();
        earliest = now + Math.max(SHORTEST, REST * (now - began));
        if (timer === WAITING) follow();
      });
    }
  };
}

function afterPainting(tell) {
  requestAnimationFrame(() => setTimeout(tell));
}

function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
