// Pulls lines from the server, and comes back by itself after a restart or a lost network.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
// The server gives a sign every 15 seconds; after this much silence the connection is dead.
const SILENCE = 40000;
// A page that nobody looks at lets go of its connection: browsers allow few to one server.
const HIDDEN = 30000;

export class Connection {
  // `tell` has loaded(lines), line(line), connected(), lost().
  constructor(tell, firstLines) {
    this.tell = tell;
    this.firstLines = firstLines;
    // The newest line, and what has been heard of: a line may change where it stands.
    this.position = 0;
    this.heardOf = 0;
    this.loaded = false;
    this.source = null;
    this.timer = 0;
    this.failures = 0;
    this.heard = 0;
    this.attempt = 0;
    setInterval(() => this.watch(), 10000);
    addEventListener("online", () => this.connect());
    addEventListener("pageshow", (event) => event.persisted && this.connect());
    document.addEventListener("visibilitychange", () => this.seen());
  }

  async connect() {
    this.close();
    const attempt = this.attempt;
    try {
      const lines = await this.history(this.loaded ? 1 : this.firstLines);
      if (attempt !== this.attempt) return;
      this.take(lines);
      this.open();
    } catch (error) {
      if (attempt === this.attempt) this.retry();
    }
  }

  async history(limit) {
    const response = await request(`/history?limit=${limit}`);
    if (!response.ok) throw new Error(`history: ${response.status}`);
    return (await response.json()).lines;
  }

  take(lines) {
    const last = lines.length ? lines[lines.length - 1].position : 0;
    if (this.loaded && last < this.position) {
      // Another conversation than the one shown: the session or the database is new.
      this.loaded = false;
      throw new Error("history is shorter than what is shown");
    }
    if (this.loaded) return;
    this.loaded = true;
    this.position = this.heardOf = last;
    this.tell.loaded(lines);
  }

  open() {
    const source = new EventSource(`/events?after=${this.heardOf}`);
    this.source = source;
    this.heard = Date.now();
    source.addEventListener("beat", () => {
      this.heard = Date.now();
      this.failures = 0;
      this.tell.connected();
    });
    source.addEventListener("line", (event) => {
      this.heard = Date.now();
      const line = JSON.parse(event.data);
      const place = line.changed || line.position;
      if (place <= this.heardOf) return;
      this.heardOf = place;
      this.position = Math.max(this.position, line.position);
      this.tell.line(line);
    });
    source.addEventListener("error", () => this.retry());
  }

  retry() {
    this.close();
    this.tell.lost();
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures);
    this.failures += 1;
    // Spread out, so that all pages do not come back in the same instant.
    this.timer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 4));
  }

  close() {
    this.attempt += 1;
    clearTimeout(this.timer);
    if (this.source) this.source.close();
    this.source = null;
  }

  watch() {
    if (this.source && Date.now() - this.heard > SILENCE) this.retry();
  }

  seen() {
    clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = setTimeout(() => this.close(), HIDDEN);
    } else if (!this.source || Date.now() - this.heard > SILENCE) {
      this.connect();
    }
  }
}

export async function request(path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 10000);
  const options = { cache: "no-store", credentials: "same-origin", signal: stop.signal };
  if (body) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(path, options);
    // The page itself hands out sessions: ask for it, and the next attempt has one.
    if (response.status === 401) await fetch("/", { cache: "no-store", signal: stop.signal });
    return response;
  } finally {
    clearTimeout(timer);
  }
}
