// An `AbortController` whose signal is made for whoever asks for it. Each handshake has one, few
// handlers look at `request.signal`, and to make a signal takes as long as to read the request.

/** Aborts once, and tells its owner and the signal, if there is one by then. */
export class LazyAbortController {
  /** Told first, before anybody who listens to the signal; `null`: nobody is. */
  onAbort: (() => void) | null = null;
  #controller: AbortController | null = null;
  #isAborted = false;
  #reason: unknown = undefined;

  get aborted(): boolean {
    return this.#isAborted;
  }

  /** What {@linkcode abort} was given. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Always the same one. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Only the first call counts. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    this.onAbort?.();
    this.#controller?.abort(reason);
  }
}
