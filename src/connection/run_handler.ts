// A handler is what the user wrote for one connection; when it is over, so is the connection.

import type { Connection } from "./connection.ts";
import { ConnectionClosedError } from "./error.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { isA, print } from "./thrown.ts";

/** What is to be done with a connection. When it returns, the connection is closed with 1000. */
export type ConnectionHandler = (connection: Connection) => void | Promise<void>;

/**
 * Runs a handler to its end, and closes the connection with 1000; with 1011 when it throws, which
 * touches no other connection. That its own connection was lost under it is no error of the
 * handler.
 */
export function runHandler(
  handler: ConnectionHandler,
  connection: Connection,
  lifecycle: Lifecycle,
  onError: (error: unknown) => void,
): void {
  const returned = (): void => {
    lifecycle.handlerReturned();
    void connection.close();
  };
  const failed = (error: unknown): void => {
    lifecycle.handlerReturned();
    const isExpected = isA(error, ConnectionClosedError) && !lifecycle.isOpen;
    void connection.close(1011); // §7.4.1 [B55]
    if (!isExpected) tell(onError, error);
  };
  // Not an async function: for as long as the connection lasts it would take 300 bytes more.
  lifecycle.handlerBegins();
  try {
    Promise.resolve(handler(connection)).then(returned, failed);
  } catch (error) {
    failed(error);
  }
}

/**
 * An error of the one who is told of errors, thrown or promised, ends no process either: then both
 * are printed.
 */
export function tell(onError: (error: unknown) => unknown, error: unknown): void {
  const failed = (nextError: unknown): void => {
    print(error);
    print(nextError);
  };
  try {
    const result = onError(error);
    if (result !== undefined) Promise.resolve(result).catch(failed);
  } catch (nextError) {
    failed(nextError);
  }
}
