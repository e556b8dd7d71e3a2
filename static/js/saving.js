// A text that is stored itself while somebody types: a draft of it is kept only where that cannot be.
import { hold } from "./device.js";
import { Draft } from "./drafts.js";
import { drawAnew } from "./panel.js";

const WAIT = 800; // ms after the last key,
const LEFT = 200; // and once its field is left

export class Saving extends Draft {
  constructor(form, copies) {
    super(form, copies);
    // Not at once: what is said of it may move the button that is being pressed. What was refused is not sent again.
    form.addEventListener("focusout", ({ relatedTarget }) => {
      if (this.typed !== this.sent && this.typed !== this.kept && relatedTarget?.type !== "submit") this.later(LEFT);
    });
  }

  get wait() { return WAIT; }
  get isNew() { return false; } // also one that is emptied is stored

  async bring(to, signal) {
    this.tell("saving", this.note.dataset.savingMessage);
    const answer = await super.bring(this.form.dataset.saves, signal);
    if (!answer.refused || signal.aborted) return answer;
    const { kept, revision } = await super.bring(to);
    if (kept) this.form.elements.draft_revision.value = revision;
    return { ...answer, aside: kept && this.note.dataset.asideMessage };
  }

  isKept(at, answer) {
    const before = this.key;
    for (const [name, words] of Object.entries(answer.fields)) this.form.elements[name].value = words;
    if (this.key !== before) {
      hold(this.key);
      this.copies.then((copies) => copies?.drop(before));
    }
    this.offer(false);
    drawAnew();
    super.isKept(at, { ...answer, revision: this.form.elements.draft_revision.value });
  }

  isRefused(at, { message, compare, aside }) {
    super.isRefused(at, {});
    this.offer(compare);
    this.tell("refused", [this.note.dataset.refusedMessage, message, aside].filter(Boolean).join(" "));
  }

  // To put both texts side by side.
  offer(is) { this.form.querySelector("[data-compare]").hidden = !is; }
  isSpoken(state) { return state !== "saving" && state !== "kept"; }
}
