// The error of a send that came too late, and what becomes of the errors of a listener.

/**
 * The channel was closed before the value could be sent. The value was not sent, and never will be.
 *
 * `cause` is what the first {@linkcode Channel.close} was given, if anything.
 */
export class ChannelClosedError extends Error {
  override readonly name: string = "ChannelClosedError";

  constructor(cause?: unknown) {
    const message = "Cannot send: found a closed channel, must be open";
    super(message, cause === undefined ? undefined : { cause });
  }
}

/**
 * Calls `listener`. What it throws becomes an uncaught exception, as from an event listener: the
 * operation that it hears of is not to blame.
 */
export function notify<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
