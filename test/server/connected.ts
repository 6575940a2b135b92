// A `node:http` server as anybody has one, without `serve()`, and a client of it.

import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { RawClient } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";

/** A client whose server ends with it. */
export interface NodeClient extends RawClient {
  stop(): Promise<void>;
}

/** Of the "upgrade" event. */
type UpgradeListener = (incoming: IncomingMessage, socket: Socket, head: Uint8Array) => void;

const answerPlain: RequestListener = (_, outgoing) => void outgoing.end("plain");

/** A server with `onUpgrade`, and a client that is connected to it. */
export async function connected(
  onUpgrade: UpgradeListener,
  onRequest: RequestListener = answerPlain,
): Promise<NodeClient> {
  const server = createServer(onRequest);
  server.on("upgrade", onUpgrade as never);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = await RawClient.connect((server.address() as AddressInfo).port);
  const stop = async (): Promise<void> => {
    client.socket.destroy();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await withTimeout(closed, "the server to end");
  };
  return Object.assign(client, { stop });
}
