// The styles of reading, each as an echo.

import type { Connection } from "../../src/connection/connection.ts";

type Echo = (connection: Connection) => Promise<void>;

/** By the name under which the documentation has them. */
export const echoes: Readonly<Record<
  "forEach" | "for await" | "read" | "tryRead() ?? await read()" | "batches",
  Echo
>> = {
  forEach: (connection) => connection.forEach((message) => connection.write(message)),
  "for await": async (connection) => {
    for await (const message of connection) await connection.write(message);
  },
  read: async (connection) => {
    for (;;) await connection.write(await connection.read());
  },
  "tryRead() ?? await read()": async (connection) => {
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
