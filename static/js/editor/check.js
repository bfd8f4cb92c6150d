/** Ask the server what it says of the text: a moment after the last key, one question at a time, the newest answer wins. */

const PAUSE = 300; // ms

export class Check {
  constructor(root, { onAnswer, onFailure }) {
    this.root = root;
    this.onAnswer = onAnswer;
    this.onFailure = onFailure;
    this.token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  /** Ask soon about a text; `now` asks at once. */
  ask(text, agents, { now = false } = {}) {
    clearTimeout(this.timer);
    this.pending?.abort();
    this.root.dataset.checked = "no";
    this.timer = setTimeout(() => this.send(text, agents), now ? 0 : PAUSE);
  }

  async send(text, agents) {
    const pending = (this.pending = new AbortController());
    const body = new URLSearchParams({ config: text, agents, basis: this.root.dataset.basis });
    try {
      const response = await fetch(this.root.dataset.check, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": this.token },
        signal: pending.signal,
      });
      if (response.status === 401) return this.onFailure("You are signed out: sign in in another tab, then go on here.");
      const answer = await response.json().catch(() => ({ message: `The server answered ${response.status}.` }));
      if (!response.ok) return this.onFailure(answer.message);
      this.onAnswer(answer);
      this.root.dataset.checked = "yes";
    } catch (error) {
      if (error.name !== "AbortError") this.onFailure("The server cannot be reached: nothing is checked until it answers again.");
    }
  }
}
