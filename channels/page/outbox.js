// Messages on their way to the server. Each keeps its key until the server has it, so a message
// whose answer was lost is sent again and still arrives once. A reload keeps them too.

const STORE = "outbox";
const AGAIN = 3000;

export class Outbox {
  // `post(message)` resolves to a response, or rejects where there is no connection.
  // `tell` has sent(message), waiting(), fast(), failed(message, status).
  constructor(post, tell) {
    this.post = post;
    this.tell = tell;
    this.messages = restored();
    this.busy = false;
    this.timer = 0;
  }

  add(message) {
    this.messages.push(message);
    this.save();
    this.flush();
  }

  // The message is known to have arrived, or never will.
  drop(key) {
    this.messages = this.messages.filter((message) => message.key !== key);
    this.save();
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      while (this.messages.length) {
        const wait = await this.sendFirst();
        if (wait) {
          this.timer = setTimeout(() => this.flush(), wait);
          break;
        }
      }
    } finally {
      this.busy = false;
    }
  }

  // Returns after how many milliseconds to try again, or 0 where the message is done.
  async sendFirst() {
    const message = this.messages[0];
    let response;
    try {
      response = await this.post(message);
    } catch (error) {
      this.tell.waiting();
      return AGAIN;
    }
    if (response.ok) {
      this.drop(message.key);
      this.tell.sent(message);
      return 0;
    }
    return this.refused(message, response);
  }

  refused(message, response) {
    const passing = [401, 408, 429].includes(response.status) || response.status >= 500;
    if (!passing) {
      this.drop(message.key);
      this.tell.failed(message, response.status);
      return 0;
    }
    if (response.status === 429) this.tell.fast();
    this.tell.waiting();
    return 1000 * Number(response.headers.get("Retry-After")) || AGAIN;
  }

  save() {
    try {
      sessionStorage.setItem(STORE, JSON.stringify(this.messages));
    } catch (error) {
      // Without storage they wait in memory.
    }
  }
}

export function newKey() {
  // crypto.randomUUID is missing where a page is served without https.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function restored() {
  try {
    const messages = JSON.parse(sessionStorage.getItem(STORE));
    return Array.isArray(messages) ? messages : [];
  } catch (error) {
    return [];
  }
}
