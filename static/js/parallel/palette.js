/** Colours that stay apart for every kind of colour vision: viridis for numbers, Okabe and Ito's set for categories. */

// Viridis (van der Walt and Smith, matplotlib 1.5), 20 even steps from weak light to strong dark when read backwards.
const VIRIDIS = [
  "440154", "481567", "482677", "453781", "404788", "39568c", "33638d", "2d708e", "287d8e", "238a8d",
  "1f968b", "20a387", "29af7f", "3cbb75", "55c667", "73d055", "95d840", "b8de29", "dce319", "fde725",
].map(parseHex); // prettier-ignore

// Okabe and Ito (2008), "Color Universal Design", without black; the yellow last since it is weak on white.
const OKABE_ITO = ["0072b2", "e69f00", "009e73", "cc79a7", "56b4e9", "d55e00", "f0e442"].map(parseHex);

function parseHex(hex) {
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

export const STEPS = 256;

/**
 * 256 colours from weak to strong as [r, g, b]. Strong is what stands out from the surface: dark on light, bright on dark;
 * the end that would vanish in the surface is left out.
 */
export function sequentialPalette(dark) {
  const [weak, strong] = dark ? [0.16, 1] : [0.88, 0];
  return Array.from({ length: STEPS }, (_, i) => viridis(weak + ((strong - weak) * i) / (STEPS - 1)));
}

function viridis(share) {
  const place = share * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(place));
  return VIRIDIS[below].map((channel, c) => channel + (VIRIDIS[below + 1][c] - channel) * (place - below));
}

/** One colour per category; from the eighth on they share the grey that is given. */
export function categoryColors(count, grey) {
  return Array.from({ length: count }, (_, i) => OKABE_ITO[i] ?? grey);
}

export const CATEGORY_COLORS = OKABE_ITO.length;

export function cssColor([r, g, b], alpha = 1) {
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)} / ${alpha})`;
}
