// A brush over a third of an axis is dragged up and down by pointer events, one each frame; returns frames a second.
async (frames) => {
  const tracks = [...document.querySelectorAll(".pc-track")];
  const track = tracks[Math.floor(tracks.length / 2)];
  track.scrollIntoView({ block: "center" });
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const box = track.getBoundingClientRect();
  const send = (type, y) =>
    track.dispatchEvent(
      new PointerEvent(type, { bubbles: true, pointerId: 1, isPrimary: true, pointerType: "mouse", clientX: box.left + 14, clientY: y }),
    );
  track.setPointerCapture = () => {};
  const top = box.top + box.height / 3;
  send("pointerdown", top);
  send("pointermove", top + box.height / 3);
  await frame();
  const start = performance.now();
  for (let i = 0; i < frames; i += 1) {
    send("pointermove", top + box.height / 3 + 40 * Math.sin(i / 9));
    await frame();
  }
  const took = performance.now() - start;
  send("pointerup", top + box.height / 3);
  return (frames * 1000) / took;
};
