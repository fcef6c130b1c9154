// Sends a chosen file. Unlike words it is not kept for later: after a failure it is chosen again.

import { words } from "./words.js";

const MOST_BYTES = 10000000;
const SECONDS = 300;
const TAKEN = /\.(?:jpe?g|png|pdf|xlsx|docx)$/i;

// Why a file cannot be sent, or nothing. What is in it is looked at by the server.
export function problemOf(file) {
  if (file.size > MOST_BYTES) return words.tooLarge;
  if (!file.size) return words.emptyFile;
  return TAKEN.test(file.name) ? "" : words.wrongKind;
}

export function refusalOf(status) {
  if (status === 413) return words.tooLarge;
  return status === 429 ? words.tooMany : words.fileNotSent;
}

// Resolves to the status of the answer, 0 where there was none. `tell` hears how much has gone, up to 1.
export async function upload(file, key, tell) {
  const status = await post(file, key, tell);
  if (status !== 401) return status;
  // The page itself hands out sessions: ask for it, and the next attempt has one.
  await fetch("/", { cache: "no-store" }).catch(() => {});
  return post(file, key, tell);
}

// The end of a long name, because it says what kind of file it is.
function nameOf(file) {
  try {
    return encodeURIComponent([...file.name].slice(-100).join(""));
  } catch (error) {
    // Half a letter, as some systems allow it.
    return "";
  }
}

// `fetch` cannot say how far it has come.
function post(file, key, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/tep");
    request.timeout = SECONDS * 1000;
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Key", key);
    request.setRequestHeader("X-Name", nameOf(file));
    request.setRequestHeader("X-Type", file.type || "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      // All of it is there only when the server says so.
      if (event.lengthComputable) tell(Math.min(0.99, event.loaded / event.total));
    });
    request.addEventListener("loadend", () => resolve(request.status));
    request.send(file);
  });
}
