// Files of a line: a link with name and size for each, and a small picture where it is one.

import { language, words } from "./words.js";

const amount = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

export function fileList(files) {
  const list = document.createElement("ul");
  list.className = "files";
  list.setAttribute("aria-label", words.files);
  for (const file of files) {
    const item = document.createElement("li");
    item.append(file.state ? note(file) : link(file));
    list.append(item);
  }
  return list;
}

export function anyMaking(lines) {
  return lines.some((line) => line.files.some((file) => file.state === "making"));
}

function sizeOf(bytes) {
  if (bytes < 1000000) return `${amount.format(Math.max(1, Math.round(bytes / 1000)))} kB`;
  return `${amount.format(bytes / 1000000)} MB`;
}

function note(file) {
  const text = document.createElement("span");
  text.className = "lost";
  const said = { over: words.fileOver, making: words.fileMaking, none: file.why };
  text.textContent = said[file.state] || words.fileFailed;
  return text;
}

function link(file) {
  const made = document.createElement("a");
  // Only our own addresses, whatever the server says.
  made.href = new URL(file.url, location.origin).pathname;
  made.download = file.name;
  if (file.picture) {
    const picture = document.createElement("img");
    picture.src = made.href;
    picture.alt = "";
    picture.loading = "lazy";
    made.append(picture);
  }
  const name = document.createElement("span");
  name.textContent = `${file.name} (${sizeOf(file.size)})`;
  made.append(name);
  return made;
}
