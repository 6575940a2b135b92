// Close codes: §7.4. Why a connection ends, as a number of two bytes in the Close frame.
//
//   0-999       never used
//   1000-2999   RFC 6455 and its registry (§11.7); most of them undefined
//   3000-3999   libraries, frameworks and applications, registered
//   4000-4999   private use
//   5000-65535  undefined

/**
 * The close codes of RFC 6455 and of the IANA registry: §7.4.1, §11.7. The three that stand for
 * what happened without a Close frame, and so never travel, are {@linkcode NO_STATUS_RECEIVED},
 * {@linkcode ABNORMAL_CLOSURE} and TLS_HANDSHAKE (1015).
 */
export const CloseCode = {
  NORMAL_CLOSURE: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  INVALID_PAYLOAD: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  MANDATORY_EXTENSION: 1010,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_GATEWAY: 1014,
} as const;

/** Reported when the peer's Close frame carried no code: §7.1.5. Never on the wire. */
export const NO_STATUS_RECEIVED = 1005;

/** Reported when no Close frame came at all: §7.1.5. Never on the wire. */
export const ABNORMAL_CLOSURE = 1006;

/**
 * Whether a Close frame may carry `code`: §7.4.1 [B52, B53], §7.4.2 [B54]. True for the defined
 * codes (1000 to 1003 and 1007 to 1014) and for 3000 to 4999. It holds for both directions.
 */
export function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code < 3000) return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  return code <= 4999;
}
