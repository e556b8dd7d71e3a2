// "Show the place" chooses the words in the field in which they stand.
export function start() {
  for (const link of document.querySelectorAll("[data-shows]")) {
    const field = document.getElementById(link.hash.slice(1));
    link.addEventListener("click", (event) => {
      const from = field?.value.indexOf(link.dataset.shows) ?? -1;
      if (from < 0 || field.closest("[hidden]")) return;
      event.preventDefault();
      field.focus();
      field.setSelectionRange(from, from + link.dataset.shows.length);
    });
  }
}
