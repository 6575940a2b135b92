// The door of Sluice: its public names. `src/README.md` has the order to read the rooms in.

export type { CompressionStats } from "./connection/compression.ts";
export type {
  Backpressure,
  ConnectionEnded,
  ConnectionOpened,
  FramePassed,
  LimitHit,
  UpgradeRefused,
  WireBytes,
  WireFin,
} from "./connection/diagnostics.ts";
export { Connection } from "./connection/connection.ts";
export type { RemoteAddr } from "./connection/connection.ts";
export type { MessageCallback } from "./connection/for_each.ts";
export { ConnectionClosedError } from "./connection/error.ts";
export type { KeepaliveOptions } from "./connection/keepalive.ts";
export type { ConnectionHandler } from "./connection/run_handler.ts";
export type { ConnectionLimits } from "./connection/limits.ts";
export type { WaitOptions, WriteOptions } from "./connection/options.ts";
export { CloseCode, ProtocolError } from "./frame/mod.ts";
export type { ClosePayload, ProtocolErrorCode } from "./frame/mod.ts";
export type { CompressionOptions, PerSide } from "./message/compression.ts";
export type { Message } from "./message/message.ts";
export { TextBytes } from "./message/text_bytes.ts";
export type { TextForm } from "./message/text_bytes.ts";
export type { Closure } from "./protocol/endpoint.ts";
export { LimitError } from "./protocol/limit_error.ts";
export type { LimitPassed } from "./protocol/limit_error.ts";
export { acceptKey } from "./protocol/handshake.ts";
export { HandshakeError } from "./protocol/handshake_error.ts";
export type { ConnectionStats } from "./connection/stats.ts";
export type { Addr } from "./server/address.ts";
export type { ServeHandler, ServeHandlerInfo } from "./server/exchange.ts";
export type { ServerLimits } from "./server/limits.ts";
export { prometheus } from "./server/prometheus.ts";
export type { TrustedProxies } from "./server/proxies.ts";
export { serve } from "./server/serve.ts";
export type { ServeOptions } from "./server/options.ts";
export type { Server } from "./server/serve.ts";
export type { ShutdownOptions } from "./server/shutdown_options.ts";
export type { ServerStats } from "./server/tally.ts";
export { upgradeWebSocket } from "./server/upgrade.ts";
export type { WebSocketUpgrade } from "./server/upgrade.ts";
export type { UpgradeOptions } from "./server/upgrade_options.ts";
