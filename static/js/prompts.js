// Questions under a text area become buttons that put the question into the text as a cue.
export function start() {
  for (const list of document.querySelectorAll("[data-prompts]")) {
    const text = list.closest("form")?.elements[list.dataset.prompts];
    if (!text) continue;
    const buttons = [...list.children].map((item) => asButton(item, text));
    const mark = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(text.value.includes(button.textContent))));
    text.addEventListener("input", mark);
    mark();
  }
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
