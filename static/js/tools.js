// The toolbar of a text. Its buttons are reached with Tab once, then with arrows; the text keeps the focus when one is pressed.
import "../vendor/markdown-toolbar-element.js";

export function start(template) {
  const toolbar = template.content.querySelector("markdown-toolbar");
  template.replaceWith(toolbar);
  toolbar.removeAttribute("tabindex"); // its first button is the way in
  toolbar.addEventListener("mousedown", (event) => event.preventDefault());
}
