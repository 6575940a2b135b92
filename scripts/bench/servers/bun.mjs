// Bun's own server: WebSocket in C++.
const perMessageDeflate = process.argv[2] === "deflate";
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response(null, { status: 426 });
  },
  websocket: {
    perMessageDeflate,
    maxPayloadLength: 64 * 1024 * 1024,
    backpressureLimit: 256 * 1024 * 1024,
    message(socket, message) {
      socket.send(message, perMessageDeflate);
    },
  },
});
console.log(server.port);
