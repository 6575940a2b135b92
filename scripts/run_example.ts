// Runs one example: a program to its end, a server until a client has had its answer.

import { spawn } from "node:child_process";
import { request } from "node:http";
import { decodeFrames, encodeFrame, Opcode } from "../src/frame/mod.ts";

const TIMEOUT_MS = 10_000;

/**
 * Runs the compiled example at `path`, whose source is `source`. Returns what was wrong, or `null`.
 */
export async function runExample(path: string, source: string): Promise<string | null> {
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listening = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const url = /^Listening on (\S+)$/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  try {
    if (!/\bserve\(/.test(source)) {
      const code = await exited;
      return code === 0 ? null : `ended with ${code ?? "a time-out"}\n${output}`;
    }
    const ended = exited.then((code) => Promise.reject(new Error(`it ended with ${code}`)));
    const visit = listening.then((url) => visitServer(url, source));
    await Promise.race([visit, ended]);
    return null;
  } catch (error) {
    return `${(error as Error).message}\n${output}`;
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

async function visitServer(url: string, source: string): Promise<void> {
  const target = new URL(/["'`](\/[^"'`$]*)/.exec(source)?.[1] ?? "/", url);
  const { status } = await fetch(target);
  if (status >= 500) throw new Error(`GET ${target.pathname} is answered with ${status}`);
  if (source.includes("upgradeWebSocket(")) await talk(target);
}

/** Opens a WebSocket, says "hello", and fulfils when a message has come. */
function talk(url: URL): Promise<void> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", // that of RFC 6455 §1.3
  };
  return new Promise((resolve, reject) => {
    const handshake = request(url, { headers });
    handshake.on("error", reject);
    handshake.on("response", ({ statusCode }) => {
      reject(new Error(`The handshake is answered with ${statusCode}`));
    });
    handshake.on("upgrade", (_response, socket, head) => {
      let bytes = head;
      const look = (): void => {
        const isMessage = ({ opcode }: { opcode: number }): boolean => opcode < Opcode.CLOSE;
        if (!decodeFrames(bytes, { role: "client" }).some(isMessage)) return;
        socket.destroy();
        resolve();
      };
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("The connection ended without a message")));
      socket.on("data", (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        look();
      });
      socket.write(encodeFrame({ opcode: Opcode.TEXT, payload: "hello", key: 0x37fa213d }));
      look();
    });
    handshake.end();
  });
}
