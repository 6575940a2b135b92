// Rejections that need not interest anybody.

/**
 * `promise`, whose rejection is no unhandled one. A connection may be lost at any moment, and a
 * write that nobody awaits must not end the process for it. Whoever awaits it still gets the error.
 */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
