// The chart on a page of its own; tests drive it through window.page and read what its callbacks said.
import { ParallelCoordinates } from "/static/js/parallel_coordinates.js";

const said = { hover: [], select: [], open: [], state: [] };
const chart = new ParallelCoordinates(document.getElementById("chart"), {
  onHover: (index) => said.hover.push(index),
  onSelect: (indices) => said.select.push(indices && [...indices]),
  onOpen: (index) => said.open.push(index),
  onStateChange: (state) => said.state.push(state),
});
window.page = { chart, said };
