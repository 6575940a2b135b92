// What is left when there is no protocol: counts bytes, and for each request answers with as many
// ready bytes as the reply of a WebSocket server has. The client says the sizes in the target.
import { createHash } from "node:crypto";
import { createServer } from "node:net";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const REPLIES_SIZE = 64 * 1024;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.once("data", (head) => {
    const text = head.toString("latin1");
    const [, frameSize, replySize] = /frame=(\d+)&reply=(\d+)/.exec(text).map(Number);
    const key = /sec-websocket-key: (\S+)/i.exec(text)[1];
    const accept = createHash("sha1").update(key + GUID).digest("base64");
    const replies = repliesOf(replySize);
    let pending = 0;
    socket.on("data", ({ length }) => {
      pending += length;
      let count = Math.floor(pending / frameSize);
      pending -= count * frameSize;
      while (count > 0) {
        const written = replies.subarray(0, count * replySize);
        socket.write(written);
        count -= written.length / replySize;
      }
    });
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));

const cache = new Map();

/** Whole replies one behind the other, which all connections share. */
function repliesOf(replySize) {
  let replies = cache.get(replySize);
  if (replies === undefined) {
    const count = Math.max(1, Math.floor(REPLIES_SIZE / replySize));
    cache.set(replySize, (replies = Buffer.alloc(count * replySize)));
  }
  return replies;
}
