// What a process has allocated: the bytes of binary messages lie beside the heap of V8.

/** Bytes of the heap, and of all `ArrayBuffer`s. */
export function allocated(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Collects all that is garbage, twice: another thread frees the memory of an `ArrayBuffer`. */
export async function collect(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
