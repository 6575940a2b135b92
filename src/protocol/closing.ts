// The closing handshake: §5.5.1, §7. Either side sends a Close frame, the other answers with one,
// and the server ends the TCP connection (§7.1.1). All of it is this table:
//
//   state     event         do                     next
//   open      close()       send Close             closing
//   open      Close         send Close, end TCP    ending
//   open      violation     send Close, end TCP    ending
//   closing   Close         end TCP                ending
//   closing   violation     end TCP                ending
//   not yet closed: end of TCP                     closed
//
// A client that is to end TCP waits for the server's FIN: see connection/lifecycle.
//
// What is not in the table does nothing, which also answers that bytes after a Close are ignored
// (§1.4) and that nobody sends a second one.

/** Where the closing handshake stands. */
export type ClosingState = "open" | "closing" | "ending" | "closed";

/** What may happen: our `close()`, the peer's Close, a rule broken by the peer, the end of TCP. */
export type ClosingEvent = "close()" | "Close" | "violation" | "end of TCP";

/** What to do, and where it leads. */
export interface ClosingStep {
  readonly sendClose: boolean;
  readonly endTcp: boolean;
  readonly next: ClosingState;
}

const closed: ClosingStep = { sendClose: false, endTcp: false, next: "closed" };

const TABLE: Readonly<Record<ClosingState, Partial<Record<ClosingEvent, ClosingStep>>>> = {
  open: {
    "close()": { sendClose: true, endTcp: false, next: "closing" },
    Close: { sendClose: true, endTcp: true, next: "ending" }, // §5.5.1 [B25, B28]
    violation: { sendClose: true, endTcp: true, next: "ending" }, // §7.1.7 [B49]
    "end of TCP": closed,
  },
  closing: {
    Close: { sendClose: false, endTcp: true, next: "ending" }, // §5.5.1 [B29], §7.1.1 [B28, B46]
    violation: { sendClose: false, endTcp: true, next: "ending" },
    "end of TCP": closed,
  },
  ending: { "end of TCP": closed }, // §7.1.3 [B30]
  closed: {},
};

/** The step for `event` in `state`, or `undefined` when there is nothing to do. */
export function closingStep(state: ClosingState, event: ClosingEvent): ClosingStep | undefined {
  return TABLE[state][event];
}
