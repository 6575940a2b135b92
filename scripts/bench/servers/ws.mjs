// ws, as its README has it. It hands text over as bytes, and so spares itself two conversions.
// Another peer brings native add-ons, which it would find: it is to be as npm installs it, unless
// argv[2] is "native".
if (process.argv[2] === "native") {
  await import("bufferutil"); // or it would be left out without a word
} else {
  process.env.WS_NO_BUFFER_UTIL = "1";
  process.env.WS_NO_UTF_8_VALIDATE = "1";
}
const { WebSocketServer } = await import("ws");

const maxPayload = 64 * 1024 * 1024;
const perMessageDeflate = process.argv[2] === "deflate" && { threshold: 0 };
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload, perMessageDeflate });
server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => {
  socket.on("error", () => {}); // without one, a bad frame ends the process
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});
