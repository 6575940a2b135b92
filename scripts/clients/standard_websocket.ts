// The same check for everything that has the WebSocket of the HTML standard: a browser, Node from
// version 22 on.

/** The part of the standard that is used here; the types of Node 20 have none of it. */
interface StandardWebSocket {
  binaryType: "blob" | "arraybuffer";
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: StandardCloseEvent) => void) | null;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

interface StandardCloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

type Globals = { readonly WebSocket: new (url: string) => StandardWebSocket };

/**
 * Text and binary there and back, then the end with a code and its reason, over `url`. Returns what
 * was wrong, one line each.
 *
 * It is sent to the browser as its source: it may use nothing but its argument and globals.
 */
export async function checkStandardWebSocket(url: string): Promise<string[]> {
  const { WebSocket } = globalThis as unknown as Globals;
  const wrong: string[] = [];
  const expect = (what: string, found: unknown, due: unknown): void => {
    if (found !== due) wrong.push(`${what} is ${String(found)}, must be ${String(due)}`);
  };

  const open = async (): Promise<StandardWebSocket> => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    await new Promise<void>((resolve, reject) => {
      socket.onopen = resolve;
      socket.onclose = ({ code }) => reject(new Error(`Closed with ${code} before it was open`));
    });
    return socket;
  };
  const closed = (socket: StandardWebSocket): Promise<StandardCloseEvent> => {
    return new Promise((resolve) => (socket.onclose = resolve));
  };
  const next = (socket: StandardWebSocket): Promise<unknown> => {
    return new Promise((resolve, reject) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onclose = ({ code }) => reject(new Error(`Closed with ${code} instead of a message`));
    });
  };

  const texts = ["", "a", "x".repeat(125), "x".repeat(126), "ß日本🌊".repeat(20_000)];
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 2 ** 20];
  const socket = await open();
  for (const text of texts) {
    socket.send(text);
    expect(`echo of a text of ${text.length} code units`, (await next(socket)) === text, true);
  }
  for (const size of sizes) {
    const bytes = new Uint8Array(size).map((_, index) => (index * 31) & 0xff);
    socket.send(bytes);
    if (size > 0) expect("bufferedAmount after send() is above 0", socket.bufferedAmount > 0, true);
    const echo = new Uint8Array((await next(socket)) as ArrayBuffer);
    expect(`size of the echo of ${size} bytes`, echo.length, size);
    expect(`echo of ${size} bytes`, echo.every((byte, index) => byte === bytes[index]), true);
    expect("bufferedAmount after the echo", socket.bufferedAmount, 0);
  }
  socket.close(1000, "");
  await closed(socket);

  for (const [code, reason] of [[1000, "done"], [4001, "grüße 🌊"], [3000, ""]] as const) {
    const socket = await open();
    socket.close(code, reason);
    const event = await closed(socket);
    expect("code", event.code, code);
    expect(`reason with ${code}`, event.reason, reason);
    expect(`wasClean with ${code}`, event.wasClean, true);
  }
  return wrong;
}
