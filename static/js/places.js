// Where words stand in the posts beside a draft: { post, paragraph, place: "post.revision.start.end", words }, or null.

// The selected place: of the post where the selection began, or else the first that it reaches.
export function selectedPlace(workbench) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const posts = [...workbench.querySelectorAll("[data-words]")].filter((words) => range.intersectsNode(words));
  const backwards = selection.anchorNode === range.endContainer && selection.anchorOffset === range.endOffset;
  if (backwards) posts.reverse();
  for (const words of posts) {
    const place = placeIn(words, range);
    if (place) return place;
  }
  return null;
}

// What of a post lies in the range.
export function placeIn(words, range) {
  const parts = [...words.querySelectorAll("[data-start]")].map((piece) => partOf(piece, range)).filter(Boolean);
  while (parts.length && !parts[0].text.trim()) parts.shift();
  while (parts.length && !parts.at(-1).text.trim()) parts.pop();
  if (!parts.length) return null;
  const first = parts[0];
  const last = parts.at(-1);
  first.start += length(first.text) - length(first.text.trimStart());
  first.text = first.text.trimStart();
  last.text = last.text.trimEnd();
  const post = words.closest("[data-post]");
  const end = last.start + length(last.text);
  return {
    post,
    paragraph: last.piece.closest("p"),
    place: [post.dataset.post, post.dataset.revision, first.start, end].join("."),
    words: parts.map(({ start, text }, at) => (at && start > endOf(parts[at - 1]) ? "\n" : "") + text).join(""),
  };
}

// The same of one piece: { piece, start, text }, or null.
function partOf(piece, range) {
  const node = piece.firstChild;
  if (node?.nodeType !== Node.TEXT_NODE) return null; // rewritten
  const whole = node.data;
  if (range.comparePoint(node, whole.length) < 0 || range.comparePoint(node, 0) > 0) return null;
  let from = range.comparePoint(node, 0) < 0 ? range.startOffset : 0;
  let to = range.comparePoint(node, whole.length) > 0 ? range.endOffset : whole.length;
  if (splitsPair(whole, from)) from -= 1;
  if (splitsPair(whole, to)) to += 1;
  if (from >= to) return null;
  return { piece, start: Number(piece.dataset.start) + length(whole.slice(0, from)), text: whole.slice(from, to) };
}

const endOf = ({ start, text }) => start + length(text);
// The server counts characters; a browser counts two for most emoji.
const length = (text) => [...text].length;
const splitsPair = (text, at) => /^[\uDC00-\uDFFF]/.test(text.slice(at)) && /[\uD800-\uDBFF]$/.test(text.slice(0, at));
