// Arrows go from place to place in a map of links ([data-cells], a table), Home and End along its row; Tab goes on as ever.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export function start() {
  for (const map of document.querySelectorAll("[data-cells]")) map.addEventListener("keydown", (event) => go(map, event));
}

function go(map, event) {
  const here = event.target.closest("td");
  if (!here || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rows = [...map.tBodies[0].rows].map((row) => [...row.cells].filter((cell) => cell.matches("td")));
  const row = rows.findIndex((cells) => cells.includes(here));
  const at = rows[row].indexOf(here);
  const link = linkAt(rows, event.key, row, at);
  if (!link) return;
  event.preventDefault();
  link.focus();
}

// The next one that way that has a link: an empty place may have none.
function linkAt(rows, key, row, at) {
  const first = (cells) => cells.map((cell) => cell.querySelector("a")).find(Boolean);
  if (key === "Home") return first(rows[row]);
  if (key === "End") return first([...rows[row]].reverse());
  const [down, on] = STEPS[key] ?? [0, 0];
  if (!down && !on) return null;
  for (let y = row + down, x = at + on; rows[y]?.[x]; y += down, x += on) {
    const link = rows[y][x].querySelector("a");
    if (link) return link;
  }
  return null;
}
