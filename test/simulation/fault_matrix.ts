// Every session, at either end, with every fault at every byte: one after the other.

import type { End } from "../../src/testing/wire_log.ts";
import { faultsOf } from "./fault.ts";
import type { Case } from "./fault.ts";
import { Play } from "./play.ts";
import { SESSIONS } from "./sessions.ts";
import type { Session } from "./sessions.ts";

/** How our end may be, and what comes cut. */
const WAYS: readonly (readonly [role: End, isChopped: boolean])[] = [
  ["server", false],
  ["server", true],
  ["client", false],
  ["client", true],
];

/** All cases, and the undisturbed one of each way first, which says how long it is. */
export async function* allCases(): AsyncGenerator<Case> {
  for (const session of SESSIONS) yield* casesOf(session);
}

/** Those of one session. */
export async function* casesOf(session: Session): AsyncGenerator<Case> {
  for (const [role, isChopped] of WAYS) {
    const undisturbed: Case = { session, role, isChopped, fault: { kind: "none", at: 0 } };
    yield undisturbed;
    const play = new Play(undisturbed);
    await play.run();
    const sent = play.sent.reduce((sum, { length }) => sum + length, 0);
    for (const fault of faultsOf(play.script.size, sent, play.awaits)) {
      yield { session, role, isChopped, fault };
    }
  }
}

/** Plays a case; a failure says how to have it again, and rejections must be handled. */
export async function tryCase(tried: Case): Promise<void> {
  const rejections: unknown[] = [];
  const note = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", note);
  try {
    await new Play(tried).run();
    if (rejections.length > 0) throw new Error(`A rejection is not handled: ${rejections[0]}`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${commandOf(tried)}`, { cause: error });
  } finally {
    process.off("unhandledRejection", note);
  }
}

function commandOf({ session, role, isChopped, fault }: Case): string {
  const where = `${session.name}/${role}/${isChopped ? "chopped" : "whole"}`;
  return `npm run simulate -- --faults "${where}/${fault.kind}/${fault.at}"`;
}

/** The case that a command names. */
export function caseOf(text: string): Case | null {
  const [name, role, cut, kind, at] = text.split("/");
  const session = SESSIONS.find((each) => each.name === name);
  if (session === undefined) return null;
  const fault = { kind, at: Number(at) } as Case["fault"];
  return { session, role: role as End, isChopped: cut === "chopped", fault };
}
