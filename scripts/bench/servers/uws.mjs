// uWebSockets.js: WebSocket in C++, with its own sockets beside those of Node. Its releases are not
// on npm; this is a copy that is, of version 20.30 (2023), for Node 16 to 20.
import uws from "@trufflesuite/uws-js-unofficial";

const compression = process.argv[2] === "deflate" ? uws.SHARED_COMPRESSOR : uws.DISABLED;
const isCompressed = compression !== uws.DISABLED;
uws
  .App()
  .ws("/*", {
    compression,
    maxPayloadLength: 64 * 1024 * 1024,
    maxBackpressure: 256 * 1024 * 1024,
    idleTimeout: 0,
    message: (socket, message, isBinary) => socket.send(message, isBinary, isCompressed),
  })
  .listen("127.0.0.1", 0, (socket) => console.log(uws.us_socket_local_port(socket)));
