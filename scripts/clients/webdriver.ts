// A browser by remote control: the few commands of W3C WebDriver that the Chromium check needs,
// over its HTTP interface. Debian's chromedriver starts the browser and speaks it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, poll } from "./server.ts";

/** The member that makes a JSON object the reference to an element: WebDriver §12.1. */
const ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox", // a container's root has no other way
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage", // /dev/shm may be as small as 64 MiB
];

/** A headless Chromium with a fresh profile. */
export class Browser {
  readonly #session: string;
  readonly #stop: () => Promise<void>;

  private constructor(session: string, stop: () => Promise<void>) {
    this.#session = session;
    this.#stop = stop;
  }

  /** Starts chromedriver on a free port, and by it a browser. */
  static async start(): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), "sluice-chromium-"));
    const port = await freePort();
    const driver = spawn("chromedriver", [`--port=${port}`], { stdio: "ignore" });
    const exited = new Promise<void>((resolve) => driver.once("exit", () => resolve()));
    const stop = async (): Promise<void> => {
      driver.kill();
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    };
    try {
      await new Promise((resolve, reject) => driver.once("spawn", resolve).once("error", reject));
      const base = `http://127.0.0.1:${port}`;
      await poll("chromedriver answers", async () => {
        return (await fetch(`${base}/status`).catch(() => null))?.ok;
      });
      const chrome = { args: [...ARGUMENTS, `--user-data-dir=${profile}`] };
      const alwaysMatch = {
        "goog:chromeOptions": chrome,
        "goog:loggingPrefs": { browser: "ALL" },
      };
      const { sessionId } = await command<{ sessionId: string }>(`${base}/session`, "POST", {
        capabilities: { alwaysMatch },
      });
      return new Browser(`${base}/session/${sessionId}`, stop);
    } catch (error) {
      if (driver.pid !== undefined) await stop();
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await command(`${this.#session}/url`, "POST", { url });
  }

  /** What the body of a function returns in the page. It may return a promise. */
  async evaluate<T>(script: string, ...args: unknown[]): Promise<T> {
    return await command<T>(`${this.#session}/execute/sync`, "POST", { script, args });
  }

  /** The text of the first element that matches, as a person sees it. */
  async text(selector: string): Promise<string> {
    return await command(`${await this.#element(selector)}/text`, "GET");
  }

  async click(selector: string): Promise<void> {
    await command(`${await this.#element(selector)}/click`, "POST", {});
  }

  /** Empties a field and types into it; U+E007 is the Enter key. */
  async type(selector: string, text: string): Promise<void> {
    const element = await this.#element(selector);
    await command(`${element}/clear`, "POST", {});
    await command(`${element}/value`, "POST", { text });
  }

  /** Strikes keys, one after another, wherever the focus is: WebDriver §17.4.2. */
  async press(...keys: readonly string[]): Promise<void> {
    const strikes = keys.flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    const actions = [{ type: "key", id: "keyboard", actions: strikes }];
    await command(`${this.#session}/actions`, "POST", { actions });
  }

  /** Makes the window of the page as large as that of some device, in CSS pixels. */
  async resize(width: number, height: number): Promise<void> {
    const params = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    const cmd = "Emulation.setDeviceMetricsOverride";
    await command(`${this.#session}/goog/cdp/execute`, "POST", { cmd, params });
  }

  /** What the console has shown since the last call, errors and violations of the policy too. */
  async console(): Promise<string[]> {
    const entries = await command<{ level: string; message: string }[]>(
      `${this.#session}/se/log`,
      "POST",
      { type: "browser" },
    );
    return entries.map(({ level, message }) => `${level} ${message}`);
  }

  /** Ends the browser and its driver, and removes the profile. */
  async [Symbol.asyncDispose](): Promise<void> {
    await command(this.#session, "DELETE").catch(() => {});
    await this.#stop();
  }

  async #element(selector: string): Promise<string> {
    const found = await command<Record<string, string>>(`${this.#session}/element`, "POST", {
      using: "css selector",
      value: selector,
    });
    return `${this.#session}/element/${found[ELEMENT_KEY]}`;
  }
}

/** One WebDriver command. Its errors come as `{ error, message }` with a status of 4xx or 5xx. */
async function command<T>(url: string, method: string, body?: unknown): Promise<T> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  const { value } = (await response.json()) as { value: T & { error: string; message: string } };
  if (!response.ok) throw new Error(`Cannot ${method} ${url}: ${value.error}: ${value.message}`);
  return value;
}
