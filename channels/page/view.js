// What the person sees: lines, choices, days, and where the page is scrolled to.

import { fileList } from "./files.js";
import { render } from "./markup.js";
import { language, words } from "./words.js";

const ZONE = "Asia/Ho_Chi_Minh";
const NEAR = 80;
// Less than this below the edge hides no button.
const SEEN = 24;
const SLOW = 20000;

const clock = new Intl.DateTimeFormat("vi", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
// Swedish writes dates as year-month-day, so they can be compared.
const date = new Intl.DateTimeFormat("sv", { timeZone: ZONE });
const longDate = new Intl.DateTimeFormat(language, {
  timeZone: ZONE, weekday: "long", day: "numeric", month: "numeric", year: "numeric",
});

export class View {
  // `press(choice, position)` is called for a pressed choice.
  constructor(press) {
    this.press = press;
    this.scroller = document.getElementById("scroller");
    this.log = document.getElementById("log");
    this.typingLine = document.getElementById("typing");
    this.notice = document.getElementById("notice");
    this.down = document.getElementById("down");
    this.pending = new Map();
    this.day = "";
    this.atEnd = true;
    this.saidAt = "";
    this.begun = null;
    this.scroller.addEventListener("scroll", () => this.offerDown(), { passive: true });
    // The field grows, words appear above it, a phone opens its keyboard: the end stays in sight.
    new ResizeObserver(() => (this.atEnd ? this.toEnd() : this.offerDown())).observe(this.scroller);
    // A picture that arrives after its line pushes the buttons below it out of sight.
    new ResizeObserver(() => this.offerDown()).observe(this.log);
    this.down.addEventListener("click", () => this.readOn());
  }

  // Shows a whole conversation at once, without a screen reader reading all of it out.
  showAll(lines) {
    this.log.setAttribute("aria-live", "off");
    this.log.textContent = "";
    this.pending.clear();
    this.day = "";
    for (const line of lines) this.add(line);
    this.toEnd();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 500);
  }

  show(line) {
    const follows = this.nearEnd();
    const earlier = this.postOf(line);
    if (earlier || line.changed) {
      if (earlier) this.renew(earlier, line);
      if (follows) this.toEnd();
      return;
    }
    const element = this.add(line);
    // What is said in one turn was written at one moment: it is read from its first line.
    if (line.own || line.at !== this.saidAt) this.begun = element;
    this.saidAt = line.own ? "" : line.at;
    if (!follows) this.offerDown();
    else if (line.own) this.toEnd();
    else this.toStartOf(this.begun);
  }

  add(line) {
    const waiting = this.pending.get(line.key);
    if (line.own && waiting) {
      this.pending.delete(line.key);
      waiting.remove();
    }
    this.addDay(line.at);
    const element = this.element(line);
    if (line.own || line.choices.length) this.quietenChoices();
    if (line.choices.length) element.append(this.choices(line));
    this.insert(element);
    return element;
  }

  element(line) {
    const content = render(line.html);
    if (line.files.length) content.append(fileList(line.files));
    const element = this.bubble(line.own, content, line.at);
    element.dataset.position = line.position;
    if (!line.own && line.key) {
      element.dataset.post = line.key;
      // Read out once; a progress that is read out every few seconds is noise.
      element.setAttribute("aria-live", "off");
    }
    return element;
  }

  // What is shown of a line that changes: where it stands, or under its name as a progress does.
  postOf(line) {
    if (line.changed) return this.log.querySelector(`[data-position="${Number(line.position)}"]`);
    if (line.own || !line.key) return null;
    return [...this.log.querySelectorAll("[data-post]")].find((one) => one.dataset.post === line.key);
  }

  renew(earlier, line) {
    const element = this.element(line);
    if (line.choices.length) {
      const group = this.choices(line);
      group.classList.toggle("old", Boolean(earlier.querySelector(".choices.old")));
      element.append(group);
    }
    earlier.replaceWith(element);
  }

  // Files that were being made when their line came.
  showFiles(lines) {
    const follows = this.nearEnd();
    for (const line of lines.filter((one) => one.files.length)) {
      const list = this.log.querySelector(`[data-position="${Number(line.position)}"] .files`);
      if (list) list.replaceWith(fileList(line.files));
    }
    if (follows) this.toEnd();
  }

  // What is not sent yet stays below what is.
  insert(element) {
    this.log.insertBefore(element, this.pending.size ? this.pending.values().next().value : null);
  }

  addPending(key, text) {
    const words = document.createDocumentFragment();
    words.append(text);
    const element = this.bubble(true, words, "");
    this.pending.set(key, element);
    this.quietenChoices();
    this.log.append(element);
    this.toEnd();
  }

  // How much of a file has arrived, from 0 to 1; drawn below its line until it is sent.
  progress(key, share) {
    const element = this.pending.get(key);
    if (!element) return;
    let bar = element.querySelector("progress");
    if (!bar) {
      bar = document.createElement("progress");
      bar.setAttribute("aria-label", words.sending);
      element.append(bar);
    }
    bar.value = share;
    if (share >= 1) bar.remove();
  }

  // Says below an unsent message how it stands; an empty note takes the words away.
  mark(key, note, failed = false) {
    const element = this.pending.get(key);
    if (!element) return;
    const follows = this.nearEnd();
    let line = element.querySelector(".note");
    if (!line) {
      line = document.createElement("p");
      line.className = "note";
      element.append(line);
    }
    line.textContent = note;
    element.classList.toggle("waits", Boolean(note));
    element.classList.toggle("failed", failed);
    if (failed) {
      element.querySelector("progress")?.remove();
      this.pending.delete(key);
    }
    if (follows) this.toEnd();
  }

  bubble(own, content, at) {
    const element = document.createElement("article");
    element.className = own ? "line own" : "line bot";
    const who = document.createElement("span");
    who.className = "unseen";
    who.textContent = own ? words.own : words.bot;
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.append(content);
    if (at) bubble.append(timeOf(at));
    element.append(who, bubble);
    return element;
  }

  choices(line) {
    const group = document.createElement("div");
    group.className = "choices";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.choices);
    for (const choice of line.choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = choice.label;
      button.addEventListener("click", () => {
        // A trembling finger presses twice.
        if (Date.now() - (button.pressedAt || 0) < 1000) return;
        button.pressedAt = Date.now();
        button.classList.add("pressed");
        this.press(choice, line.position);
      });
      group.append(button);
    }
    return group;
  }

  quietenChoices() {
    for (const group of this.log.querySelectorAll(".choices:not(.old)")) group.classList.add("old");
  }

  addDay(at) {
    const day = date.format(instant(at));
    if (day === this.day) return;
    this.day = day;
    const now = Date.now();
    const line = document.createElement("p");
    line.className = "day";
    if (day === date.format(now)) line.textContent = words.today;
    else if (day === date.format(now - 86400000)) line.textContent = words.yesterday;
    else line.textContent = longDate.format(instant(at));
    this.insert(line);
  }

  typing(on) {
    clearTimeout(this.slowly);
    const follows = this.nearEnd();
    this.typingLine.textContent = on ? words.typing : "";
    if (on) {
      this.slowly = setTimeout(() => { this.typingLine.textContent = words.slow; }, SLOW);
      if (follows) this.toEnd();
    }
  }

  says(text) {
    return this.notice.textContent === text;
  }

  say(text) {
    // Setting the same words again would have them read out again.
    if (!this.says(text)) this.notice.textContent = text;
  }

  hidden() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  nearEnd() {
    return this.hidden() < NEAR;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.offerDown();
  }

  // A long answer is read from its beginning.
  toStartOf(element) {
    const top = element.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    this.scroller.scrollTop += Math.min(top - 12, this.scroller.scrollHeight);
    this.offerDown();
  }

  readOn() {
    this.scroller.scrollTop += this.scroller.clientHeight * 0.8;
    this.offerDown();
  }

  offerDown() {
    this.atEnd = this.nearEnd();
    this.down.hidden = this.hidden() < SEEN;
  }
}

// Not every browser reads more than milliseconds.
function instant(at) {
  return new Date(at.replace(/(\.\d{3})\d+/, "$1"));
}

function timeOf(at) {
  const time = document.createElement("time");
  time.dateTime = at;
  time.textContent = clock.format(instant(at));
  return time;
}
