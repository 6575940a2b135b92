// Sluice from dist/, in the style of reading that argv[2] names; with "deflate" and a level,
// compressed.
import { serve, upgradeWebSocket } from "../../../dist/src/mod.js";

const transfer = { transfer: true };
const styles = {
  each: (connection) => connection.forEach((message) => connection.write(message)),
  transfer: (connection) => connection.forEach((message) => connection.write(message, transfer)),
  for: async (connection) => {
    for await (const message of connection) await connection.write(message);
  },
  read: async (connection) => {
    for (;;) await connection.write(await connection.read());
  },
  try: async (connection) => {
    for (;;) {
      const message = connection.tryRead() ?? (await connection.read());
      if (!connection.tryWrite(message)) await connection.write(message);
    }
  },
  batches: async (connection) => {
    for await (const messages of connection.batches()) {
      for (const message of messages) {
        if (!connection.tryWrite(message)) await connection.write(message);
      }
    }
  },
};

styles.relay = styles.transfer; // of texts that nobody decodes

const [style, level] = process.argv.slice(2);
const echo = styles[style] ?? styles.each;
const limits = { messageSizeMax: 64 * 1024 * 1024 };
const text = style === "bytes" || style === "relay" ? "bytes" : "string";
const compression = style === "deflate" && { level: Number(level), threshold: 0 };
serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) },
  (request) => upgradeWebSocket(request, { limits, compression, text }, echo).response,
);
