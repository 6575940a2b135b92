// Why a socket is not read for now. Several reasons may hold at once, so each is a bit.

export const PauseReason = {
  /** Nobody reads what has arrived: see the read loop. */
  INBOX: 1,
  /** Messages come too fast: see the frame limits. */
  RATE: 2,
  /** All connections together hold too much: see the budget. */
  BUDGET: 4,
} as const;

/** All of them. */
export const EVERY_REASON = 7;
