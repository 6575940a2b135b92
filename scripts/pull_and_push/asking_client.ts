// A client that asks: at intervals, or again as soon as it has an answer (long polling). Its
// requests are as short as they can be, and its connection is kept as long as the server keeps it:
// polling at its best. Those of a browser have ten times the header.

import { Agent, get } from "node:http";
import { now, until } from "./clock.ts";
import { Client } from "./client.ts";
import type { Kind } from "./contestants.ts";
import type { Meter } from "./meter.ts";

/** A client of the kinds "poll", "poll 304" and "long poll". */
export class AskingClient extends Client {
  readonly #kind: Kind;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #tag: string | null = null;

  constructor(port: number, meter: Meter, kind: Kind) {
    super(port, meter);
    this.#kind = kind;
  }

  override async open(): Promise<void> {
    await this.#ask();
    if (this.#kind === "long poll") void this.#askForEver();
  }

  /**
   * Asks at `startAt` and each `intervalMs` after it. An answer that is late delays no other. And
   * it asks once now, because its connection may have been idle for so long that it was ended.
   */
  async poll(startAt: number, endAt: number, intervalMs: number): Promise<void> {
    await this.#ask();
    for (let due = startAt; due < endAt; ) {
      await until(due);
      await this.#ask();
      due += intervalMs * Math.max(1, Math.ceil((now() - due) / intervalMs));
    }
  }

  async #askForEver(): Promise<never> {
    for (;;) await this.#ask();
  }

  #ask(): Promise<void> {
    const path = this.#kind === "long poll" ? "/next" : "/value";
    const headers = this.#tag === null ? {} : { "If-None-Match": this.#tag };
    const { port } = this;
    return new Promise((resolve, reject) => {
      const request = get({ host: "127.0.0.1", port, path, headers, agent: this.#agent });
      request.once("socket", (socket) => this.meter.uses(socket));
      request.once("error", (error) => {
        // The server ends a connection that was idle for five seconds, perhaps as the request is
        // on its way. One that only reads may be sent again: RFC 9110 §9.2.2.
        if (request.reusedSocket) this.#ask().then(resolve, reject);
        else reject(error);
      });
      request.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("end", () => {
          this.meter.answered(response.statusCode === 200 && this.learn(text));
          if (this.#kind !== "poll") this.#tag = response.headers.etag ?? null;
          resolve();
        });
      });
    });
  }
}
