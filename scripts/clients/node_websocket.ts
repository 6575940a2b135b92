// Node's own WebSocket against the minimal server. To be run with Node 22 or newer.

import { compressedShares, startRelay } from "./relay.ts";
import { startServer } from "./server.ts";
import { checkStandardWebSocket } from "./standard_websocket.ts";

if (!("WebSocket" in globalThis)) throw new Error(`Node ${process.version} has no WebSocket`);
const server = await startServer();
const relay = await startRelay(server);
const wrong = await checkStandardWebSocket(`${relay.origin.replace("http", "ws")}/echo`);
await relay.stop();
await server.stop();
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exit(1);
console.log(`The WebSocket of Node ${process.version} gets from /echo all that it sends`);
console.log(`Node: ${compressedShares(relay, true)}`); // it inflates, and never compresses: undici
