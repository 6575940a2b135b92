// What the benchmark asks of its load, and what that answers.

/** A command of the benchmark. */
export type Command =
  | {
      readonly do: "open";
      readonly name: string;
      readonly port: number;
      readonly size: number;
      readonly kind: "text" | "binary";
      readonly inFlight: number;
      readonly connections: number;
      /** Whether the messages are compressed: permessage-deflate, each one anew. */
      readonly compressed: boolean;
      /** Whether the replies say what the messages said, and not just as much. */
      readonly isEcho: boolean;
    }
  | { readonly do: "run"; readonly name: string; readonly ms: number; readonly inFlight: number }
  | { readonly do: "close"; readonly name: string };

/** Connections are open. */
export interface Opened {
  readonly seconds: number;
  /** Bytes of an echo, with the header of its frame. */
  readonly replySize: number;
}

/** A slice is over. */
export interface Ran {
  readonly messages: number;
  readonly seconds: number;
  /** Processor time of the load: near `seconds`, and it is the load that was measured. */
  readonly cpuSeconds: number;
}
