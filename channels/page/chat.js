// Joins the parts of the page: what is typed goes to the outbox, what arrives goes to the view.

import { Connection, request } from "./connection.js";
import { anyMaking } from "./files.js";
import { Outbox, newKey } from "./outbox.js";
import { problemOf, refusalOf, upload } from "./upload.js";
import { View } from "./view.js";
import { offerOtherLanguage, translatePage, words } from "./words.js";

const MAX_TEXT = 4000;
const FIRST_LINES = 50;
const ALL_LINES = 500;
const GREETING = "start-";
// A code that a link carries (/?ma=K7MR3XPQ9TWA): an invitation, or one that joins two accounts.
const CODE = /^[A-Za-z0-9-]{6,40}$/;
const LOOK_AGAIN = 3000;

const form = document.getElementById("form");
const text = document.getElementById("text");
const older = document.getElementById("older");
const chosen = document.getElementById("file");

let answerAwaited = false;
let online = false;
let acknowledging = 0;
let looking = 0;

const view = new View((choice, position) => {
  const body = { choice: choice.value, message: String(position), label: choice.label };
  submit({ key: newKey(), ...body }, choice.label);
});

const outbox = new Outbox((message) => request("/messages", message), {
  sent: (message) => {
    view.mark(message.key, "");
    view.say(online ? "" : words.connecting);
    showTyping();
  },
  waiting: () => {
    for (const message of outbox.messages) view.mark(message.key, words.waiting);
    view.typing(false);
  },
  fast: () => view.say(words.fast),
  failed: (message, status) => {
    view.mark(message.key, status === 413 ? words.long : words.failed, true);
    setAwaited(false);
  },
});

const connection = new Connection({
  loaded: (lines) => {
    view.showAll(lines.filter(isShown));
    older.hidden = lines.length < FIRST_LINES;
    for (const line of lines) outbox.drop(line.key);
    for (const message of outbox.messages) showPending(message, message.label || message.text);
    if (!bringCode() && !lines.length && !outbox.messages.length) greet();
    setAwaited(lines.length > 0 && lines[lines.length - 1].own);
    awaitFiles(lines);
    acknowledge();
  },
  line: (line) => {
    if (line.own) outbox.drop(line.key);
    // What changes by itself answers nothing.
    else if (!line.key && !line.changed) setAwaited(false);
    if (isShown(line)) view.show(line);
    if (anyMaking([line])) awaitFiles([line]);
    acknowledge();
  },
  connected: () => {
    if (online) return;
    online = true;
    view.say("");
    showTyping();
    outbox.flush();
  },
  lost: () => {
    online = false;
    view.say(words.connecting);
    view.typing(false);
  },
}, FIRST_LINES);

function submit(message, shown) {
  showPending(message, shown);
  setAwaited(true);
  outbox.add(message);
}

function showPending(message, shown) {
  if (message.key.startsWith(GREETING)) return;
  view.addPending(message.key, shown);
  if (!online) view.mark(message.key, words.waiting);
}

// A first visitor is greeted by the bot. Pages opened together make one key and so one greeting.
function greet() {
  submit({ key: GREETING + Math.floor(Date.now() / 300000), text: "/start" }, "");
}

// A link's code is sent once, and leaves the address: neither a reload nor a bookmark brings it again.
function bringCode() {
  const code = new URLSearchParams(location.search).get("ma");
  if (code === null) return false;
  history.replaceState(null, "", location.pathname);
  if (!CODE.test(code)) return false;
  submit({ key: GREETING + newKey(), text: `/start ${code}` }, "");
  return true;
}

function isShown(line) {
  return !line.key.startsWith(GREETING);
}

function setAwaited(awaited) {
  answerAwaited = awaited;
  showTyping();
}

function showTyping() {
  view.typing(answerAwaited && online);
}

// A file that takes its time is asked for until it is there, or there is none.
function awaitFiles(lines) {
  clearTimeout(looking);
  if (!anyMaking(lines)) return;
  looking = setTimeout(async () => {
    const fresh = await connection.history(FIRST_LINES).catch(() => lines);
    if (fresh !== lines) view.showFiles(fresh);
    awaitFiles(fresh);
  }, LOOK_AGAIN);
}

// Many lines that arrive together are acknowledged at once.
function acknowledge() {
  clearTimeout(acknowledging);
  acknowledging = setTimeout(() => {
    request("/seen", { position: connection.position }).catch(() => {});
  }, 200);
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function sendTyped(event) {
  event.preventDefault();
  const typed = text.value.trim();
  text.focus();
  if (!typed) return;
  if ([...typed].length > MAX_TEXT) {
    view.say(words.long);
    return;
  }
  view.say(online ? "" : words.connecting);
  submit({ key: newKey(), text: typed }, typed);
  text.value = "";
  grow();
}

async function sendFile(file) {
  const problem = problemOf(file);
  if (problem) {
    view.say(problem);
    return;
  }
  view.say("");
  const key = newKey();
  view.addPending(key, file.name);
  view.progress(key, 0);
  const status = await upload(file, key, (share) => view.progress(key, share));
  if (status === 202) {
    view.progress(key, 1);
    // The answer may have been faster.
    if (view.pending.has(key)) setAwaited(true);
    return;
  }
  view.mark(key, refusalOf(status), true);
  // Read out as well: the line it stands below may be out of sight.
  view.say(refusalOf(status));
}

document.getElementById("attach").addEventListener("click", () => chosen.click());

chosen.addEventListener("change", () => {
  const [file] = chosen.files;
  // The same file may be chosen again after a failure.
  if (file) sendFile(file).finally(() => { chosen.value = ""; });
});

form.addEventListener("submit", sendTyped);

text.addEventListener("keydown", (event) => {
  // While a Vietnamese input method composes, Enter ends the word; 229 is what older browsers say.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key === "Enter" && !event.shiftKey && !composing) sendTyped(event);
});

text.addEventListener("input", () => {
  grow();
  if (view.says(words.long)) view.say("");
});

older.addEventListener("click", async () => {
  const lines = await connection.history(ALL_LINES).catch(() => null);
  if (!lines) return;
  older.hidden = true;
  view.showAll(lines.filter(isShown));
  for (const message of outbox.messages) showPending(message, message.label || message.text);
  document.getElementById("scroller").scrollTop = 0;
});

translatePage();
offerOtherLanguage(document.getElementById("language"));
connection.connect();
if (matchMedia("(pointer: fine)").matches) text.focus();
