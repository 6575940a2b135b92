// Node's own WebSocket against the minimal server. To be run with Node 22 or newer.

import { startServer } from "./server.ts";
import { checkStandardWebSocket } from "./standard_websocket.ts";

if (!("WebSocket" in globalThis)) throw new Error(`Node ${process.version} has no WebSocket`);
const server = await startServer();
const wrong = await checkStandardWebSocket(`${server.origin.replace("http", "ws")}/echo`);
await server.stop();
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exit(1);
console.log(`The WebSocket of Node ${process.version} gets from /echo all that it sends`);
