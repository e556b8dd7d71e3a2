// Questions under a text area become buttons that put the question into the text as a cue.
export function start() {
  for (const list of document.querySelectorAll("[data-prompts]")) {
    const text = list.closest("form")?.elements[list.dataset.prompts];
    if (!text) continue;
    const buttons = [...list.children].map((item) => asButton(item, text));
    const mark = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(text.value.includes(button.textContent))));
    text.addEventListener("input", mark);
    mark();
    // A question that nobody answered is no heading.
    text.form.addEventListener("submit", () => {
      text.value = buttons.reduce((words, { textContent }) => unanswered(words, textContent, buttons), text.value);
    });
  }
}

function unanswered(words, question, buttons) {
  const heading = `**${question}**`;
  const at = words.indexOf(heading);
  if (at < 0) return words;
  const after = words.slice(at + heading.length).trim();
  const isEmpty = !after || buttons.some((other) => after.startsWith(`**${other.textContent}**`));
  return isEmpty ? [words.slice(0, at).trimEnd(), after].filter(Boolean).join("\n\n") : words;
}

function asButton(item, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = item.textContent.trim();
  item.replaceChildren(button);
  button.addEventListener("click", () => {
    if (!text.value.includes(button.textContent)) {
      text.value = [text.value.trimEnd(), `**${button.textContent}**`, ""].filter((part, place) => part || place).join("\n\n");
      text.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "chosen" }));
    }
    text.focus();
  });
  return button;
}
