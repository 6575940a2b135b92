// `sluice/frame`: RFC 6455 §5 without I/O. See `src/README.md` for the order to read it in.

export { encodeClosePayload, readClosePayload } from "./close.ts";
export type { ClosePayload } from "./close.ts";
export { ABNORMAL_CLOSURE, CloseCode, isCloseCode, NO_STATUS_RECEIVED } from "./close_code.ts";
export { FrameDecoder } from "./decoder.ts";
export type { FrameDecoderOptions, FrameSink } from "./decoder.ts";
export { encodeFrame } from "./encoder.ts";
export type { Frame } from "./encoder.ts";
export { ProtocolError, VIOLATIONS } from "./error.ts";
export type { ProtocolErrorCode } from "./error.ts";
export { drawFrame } from "./diagram.ts";
export type { DrawOptions } from "./diagram.ts";
export { explain, explainFrames } from "./explain.ts";
export { FrameExplainer } from "./explainer.ts";
export type { ExplainedFrame, ExplainOptions } from "./explainer.ts";
export type { FrameField } from "./fields.ts";
export { decodeFrames } from "./frames.ts";
export type { DecodedFrame } from "./frames.ts";
export { createHeader, headerSize, readHeader, writeHeader } from "./header.ts";
export type { FrameHeader } from "./header.ts";
export { mask } from "./mask.ts";
export type { FrameProblem } from "./open_frame.ts";
export { isControl, isReserved, Opcode } from "./opcode.ts";
export type { Role } from "./rules.ts";
export { decodeAscii, decodeText, decodeUtf8, Utf8Validator } from "./utf8.ts";
