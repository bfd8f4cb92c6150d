/** What the sweep would do: how many runs, at what cost, and what an agent would start. */

import { fromTemplate } from "./dom.js";

let nextId = 0;

/** Show the server's plan, or that there is none yet. */
export function showPlan(root, plan) {
  root.querySelector("[data-plan]").hidden = !plan;
  root.querySelector("[data-plan-none]").hidden = Boolean(plan);
  if (!plan) return;
  const say = (name, text) => (root.querySelector(`[data-plan-${name}]`).textContent = text);
  say("runs", plan.runs);
  say("cost", plan.cost.estimate);
  say("basis", plan.cost.basis);
  say("examples-text", plan.examples_text);
  root.querySelector("[data-plan-examples]").replaceChildren(...plan.examples.map(shown));
  root.querySelector("[data-plan-function]").hidden = plan.examples.some(({ command }) => command);
}

function shown({ config, command }) {
  const item = fromTemplate("example");
  item.querySelector(".example-config").textContent = config;
  const code = item.querySelector(".code");
  code.hidden = !command;
  const text = code.querySelector("pre");
  text.textContent = command;
  text.id = `example-${nextId++}`;
  code.querySelector("button").dataset.copy = text.id;
  return item;
}
