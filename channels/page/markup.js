// Builds what a line says from the few tags that the bot uses. Everything else becomes plain text,
// even though the server has escaped it: a page should not have to trust what it is sent.

const KEPT = new Set(["b", "i", "u", "s", "code", "blockquote"]);
const DROPPED = new Set(["script", "style", "template", "iframe", "object", "svg", "math"]);
const LINK = /^(?:https?:\/\/|mailto:|tel:)/i;

export function render(html) {
  // A parsed document runs nothing and loads nothing.
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const made = document.createDocumentFragment();
  copy(parsed.body, made);
  for (const space of made.querySelectorAll("br, .gap")) {
    if (besideBlock(space)) space.remove();
  }
  return made;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      addText(node.data, to);
    } else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.localName)) {
      const element = make(node);
      copy(node, element || to);
      if (element) to.append(element);
    }
  }
}

function make(node) {
  if (KEPT.has(node.localName)) return document.createElement(node.localName);
  const href = node.getAttribute("href") || "";
  if (node.localName !== "a" || !LINK.test(href)) return null;
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function addText(text, to) {
  for (const piece of text.split(/(\n[ \t]*(?:\n\s*)?)/)) {
    if (!piece.startsWith("\n")) {
      if (piece) to.append(piece);
    } else if (/\n[ \t]*\n/.test(piece)) {
      const gap = document.createElement("span");
      gap.className = "gap";
      to.append(gap);
    } else {
      to.append(document.createElement("br"));
    }
  }
}

// A quotation has its own space around it.
function besideBlock(space) {
  const block = (node) => !node || node.nodeName === "BLOCKQUOTE";
  return block(space.previousSibling) || block(space.nextSibling);
}
