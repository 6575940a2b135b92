// Python's `websockets` against the minimal server: see `python_client.py`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compressedShares, startRelay } from "./relay.ts";
import { startServer } from "./server.ts";

/** Debian's, which finds Debian's packages; another one may come first in the PATH. */
const PYTHON = "/usr/bin/python3";

const script = fileURLToPath(new URL("../../../scripts/clients/python_client.py", import.meta.url));
const server = await startServer();
const relay = await startRelay(server);
const child = spawn(PYTHON, [script, relay.origin.replace("http", "ws")], { stdio: "inherit" });
const [exitCode] = (await once(child, "exit")) as [number | null];
await relay.stop();
await server.stop();
if (exitCode !== 0) throw new Error(`The Python client ended with ${exitCode}`);
console.log("Python: /echo gives back all forms of messages, /ws beats, closes carry their code");
console.log(`Python: ${compressedShares(relay)}`);
